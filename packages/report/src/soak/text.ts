import type { SoakRecord } from "@sebench/results";
import { oneLine } from "@sebench/spec";
import { codeSpan, escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { type TerminalOptions, textRow, textTable, wrapText } from "../text/text-table.ts";
import { machineFacts } from "../run/provenance.ts";
import { soakColumns, soakContent, soakNotes } from "./content.ts";

export function soakMarkdown(record: SoakRecord): string {
  const { title, sentences, rows } = soakContent(record);
  const parts = [
    `# ${escapeMarkdown(title)}`,
    ...sentences.map(escapeMarkdown),
    markdownTable(
      soakColumns,
      rows.map((row) => row.map(escapeMarkdown)),
    ),
    ...soakNotes.map(escapeMarkdown),
    machineFacts(record.machine)
      .map(([term, fact]) => `- ${escapeMarkdown(term)}: ${escapeMarkdown(fact)}`)
      .join("\n"),
    codeSpan(record.run.command),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The text that `bench soak` prints. */
export function soakTable(record: SoakRecord, { width }: TerminalOptions): string {
  const { title, sentences, rows } = soakContent(record);
  const cells = rows.map((row) => row.map((text) => ({ text })));
  const table =
    textTable(soakColumns, cells, { width, paintTitle: (text) => text }) ??
    rows.map((row) => wrapText(textRow(row), width, "  ")).join("\n");
  const lines = sentences.map((line) => wrapText(line, width, "  "));
  return [oneLine(title), "", table, "", ...lines].join("\n");
}
