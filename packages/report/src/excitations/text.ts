import type { ExcitationsRecord } from "@sebench/results";
import { codeSpan, escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { oneLine } from "@sebench/spec";
import { type TerminalOptions, textRow, textTable, wrapText } from "../text/text-table.ts";
import { excitationsColumns, excitationsContent, explanations } from "./content.ts";

export function excitationsMarkdown(record: ExcitationsRecord): string {
  const { title, sentences, rows, notes, facts } = excitationsContent(record);
  const parts = [
    `# ${escapeMarkdown(title)}`,
    ...sentences.map(escapeMarkdown),
    markdownTable(
      excitationsColumns,
      rows.map((row) => row.map(escapeMarkdown)),
    ),
    ...explanations.map(escapeMarkdown),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${escapeMarkdown(note)}`).join("\n")]),
    facts.map(([term, fact]) => `- ${escapeMarkdown(term)}: ${escapeMarkdown(fact)}`).join("\n"),
    codeSpan(record.run.command),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The titles of the table for lines that have no room for words. */
const shortTitles = ["block", "ch", "gate", "classes", "at its mean: lost", "p", "at 1: lost", "p"];

/** The text that `bench excitations` prints. */
export function excitationsTable(record: ExcitationsRecord, { width }: TerminalOptions): string {
  const { title, sentences, rows, notes } = excitationsContent(record);
  const columns = excitationsColumns.map(({ align }, index) => ({
    title: shortTitles[index]!,
    align,
  }));
  const cells = rows.map((row) => row.map((text) => ({ text })));
  const table =
    textTable(columns, cells, { width, paintTitle: (text) => text }) ??
    rows.map(textRow).join("\n");
  const lines = [...sentences, ...notes].map((line) => wrapText(line, width, "  "));
  return [oneLine(title), "", table, "", ...lines].join("\n");
}
