import type { ExplanationRecord } from "@sebench/results";
import { codeSpan, escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { oneLine } from "@sebench/spec";
import {
  type TerminalOptions,
  type Column,
  textRow,
  textTable,
  wrapText,
} from "../text/text-table.ts";
import { explanationContent, explanations, shareColumns } from "./content.ts";
import { stageWord } from "./share.ts";

export function explanationMarkdown(record: ExplanationRecord): string {
  const { title, sentences, rows, stages, facts } = explanationContent(record);
  const escaped = (cells: readonly (readonly string[])[]) =>
    cells.map((row) => row.map(escapeMarkdown));
  const parts = [
    `# ${escapeMarkdown(title)}`,
    ...sentences.map(escapeMarkdown),
    markdownTable(shareColumns, escaped(rows)),
    `## By ${stageWord(record)}`,
    markdownTable(stages.columns, escaped(stages.rows)),
    ...explanations.map(escapeMarkdown),
    facts.map(([term, fact]) => `- ${escapeMarkdown(term)}: ${escapeMarkdown(fact)}`).join("\n"),
    codeSpan(record.run.command),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The text that `bench explain` prints. */
export function explanationTable(record: ExplanationRecord, { width }: TerminalOptions): string {
  const { title, sentences, rows, stages } = explanationContent(record);
  const lines = sentences.map((line) => wrapText(line, width, "  "));
  return [
    oneLine(title),
    "",
    table(shareColumns, rows, width),
    "",
    table(stages.columns, stages.rows, width),
    "",
    ...lines,
  ].join("\n");
}

/** A table with its last column, or without it where the lines would be too long. */
function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const cells = rows.map((row) => row.map((text) => ({ text })));
  const options = { width, paintTitle: (text: string) => text };
  return (
    textTable(columns, cells, options) ??
    textTable(
      columns.slice(0, -1),
      cells.map((row) => row.slice(0, -1)),
      options,
    ) ??
    rows.map(textRow).join("\n")
  );
}
