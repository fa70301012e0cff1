import type { SoakRecord } from "@sebench/results";
import { oneLine } from "@sebench/spec";
import { codeSpan, escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { type TerminalOptions, textTable, wrapText } from "../text/text-table.ts";
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
    rows.map((row) => stackedRow(row, width)).join("\n");
  const lines = sentences.map((line) => wrapText(line, width, "  "));
  return [oneLine(title), "", table, "", ...lines].join("\n");
}

/** A session in a few lines, for a terminal in which the table does not fit. */
function stackedRow([runtime, network, ...figures]: readonly string[], width: number): string {
  const named = figures.flatMap((figure, at) =>
    figure === "–" ? [] : [`${soakColumns[at + 2]!.title.toLowerCase()}: ${figure}`],
  );
  return [
    wrapText(`${runtime}: ${network}`, width, "  "),
    ...named.map((line) => `  ${wrapText(line, width - 2, "    ")}`),
  ].join("\n");
}
