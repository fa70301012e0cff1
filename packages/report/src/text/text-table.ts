import { oneLine } from "@sebench/spec";

/** The abilities of a terminal. */
export interface TerminalOptions {
  readonly color: boolean;
  /** The width in characters. */
  readonly width: number;
}

/** A cell with its text and the way to colour it once its width is known. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

const gap = "  ";

/**
 * A table without lines: titles, then rows. It is null where it would be wider than `width`
 * characters.
 */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: { readonly width: number; readonly paintTitle: (text: string) => string },
): string | null {
  const titles = columns.map(({ title }) => ({ text: title, paint: options.paintTitle }));
  const cleaned = rows.map((cells) =>
    cells.map((cell) => Object.assign({}, cell, { text: oneLine(cell.text) })),
  );
  const lines = [titles, ...cleaned];
  const widths = columns.map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]!.text.length)),
  );
  const total = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1));
  if (total > options.width) return null;
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => paintedCell(cell, widths[column]!, columns[column]!.align))
        .join(gap)
        .trimEnd(),
    )
    .join("\n");
}

function paintedCell({ text, paint }: Cell, width: number, align: Column["align"]): string {
  const padding = " ".repeat(width - text.length);
  const painted = paint ? paint(text) : text;
  return align === "left" ? painted + padding : padding + painted;
}

/** The texts of cells one after the other, for a row of a table that does not fit. */
export function textRow(cells: readonly string[]): string {
  return cells.map(oneLine).join("  ");
}

/**
 * Breaks text between words; every line after the first is indented. None of these begins with
 * "::", which in the log of a GitHub job would be a command to its runner.
 */
export function wrapText(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of oneLine(text).split(" ")) {
    const room = width - (lines.length === 0 ? 0 : indent.length);
    const mayBegin = !word.startsWith("::");
    if (line !== "" && mayBegin && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${indent}`);
}
