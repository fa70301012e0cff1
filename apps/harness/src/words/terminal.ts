import type { TerminalOptions } from "@sebench/report";
import { visible } from "@sebench/spec";

/**
 * The options of the terminal that a command prints to.
 *
 * @param width the width of an output that is no terminal, in characters
 */
export function terminalOptions(width = 120): TerminalOptions {
  const { isTTY, columns } = process.stdout;
  return {
    color: Boolean(isTTY) && !process.env["NO_COLOR"],
    width: columns ?? width,
  };
}

/**
 * Rows as lines of text, each column as wide as its widest cell.
 *
 * @param options.right the columns, from 0, whose cells end at the right; by default none
 */
export function alignedColumns(
  rows: readonly (readonly string[])[],
  { right = [] }: { readonly right?: readonly number[] } = {},
): string {
  const cleaned = rows.map((row) => row.map(visible));
  const columns = Math.max(0, ...cleaned.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...cleaned.map((row) => row[column]?.length ?? 0)),
  );
  const cell = (text: string, column: number) =>
    right.includes(column) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!);
  return cleaned.map((row) => row.map(cell).join("  ").trimEnd()).join("\n");
}
