import type { Interval } from "@sebench/measure";
import { standardNetwork } from "./ablation.ts";
import { ablationIntroduction, ablationNotes } from "./ablation-notes.ts";
import type { AblationRow, AblationTable, SeedDifference } from "./ablation-table.ts";
import { fixed, signed } from "./points.ts";

/** What the paper varies in each of its tables. */
const subjects: Readonly<Record<number, string>> = {
  10: "reduction",
  11: "squeeze",
  12: "gate",
  13: "stages",
  14: "place",
  15: "place",
  16: "no squeeze",
};

const columns = [
  { title: "paper's table", align: "left" },
  { title: "network", align: "left" },
  { title: "seeds", align: "right" },
  { title: "top-1 error, %", align: "right" },
  { title: "to the standard, points", align: "right" },
  { title: "told apart", align: "left" },
  { title: "paper: top-1 error, %", align: "right" },
  { title: "paper: to its standard, points", align: "right" },
] as const;

/** A document of its own. */
export function ablationMarkdown(table: AblationTable): string {
  const rows = table.rows.map((row) => cellsOf(row, table));
  const notes = ablationNotes(table).map((note) => `- ${note}\n`);
  return [
    "# The paper's ablations, on ResNet-8",
    ablationIntroduction(table),
    alignedTable(rows),
    notes.join(""),
  ].join("\n\n");
}

function cellsOf(row: AblationRow, table: AblationTable): string[] {
  const { result, paper, network } = row;
  const subject = subjects[row.table];
  return [
    subject === undefined ? String(row.table) : `${row.table}, ${subject}`,
    network === standardNetwork ? `\`${network}\` (standard)` : `\`${network}\``,
    String(result?.seeds.length ?? 0),
    result === null ? "" : within(fixed(result.error.mean), result.error.interval),
    result?.difference ? within(signed(result.difference.mean), result.difference.interval) : "",
    result?.difference ? answer(result.difference, table) : "",
    paper.top1Error.toFixed(2),
    network === standardNetwork ? "" : signed(paper.difference),
  ];
}

/** Whether it can be told from the standard. */
function answer(difference: SeedDifference, { comparisons }: AblationTable): string {
  const { interval, adjustedPValue } = difference;
  if (interval === null || adjustedPValue === null) return "cannot tell: no interval";
  const p = adjustedPValue < 0.001 ? "p < 0.001" : `p ${adjustedPValue.toPrecision(2)}`;
  if (difference.toldApart) return `yes: ${p}`;
  if (interval[0] <= 0 && interval[1] >= 0) return "cannot tell: the interval covers 0";
  return `cannot tell: ${p} among ${comparisons}`;
}

function within(text: string, interval: Interval | null): string {
  return interval === null ? text : `${text} [${fixed(interval[0])}, ${fixed(interval[1])}]`;
}

/** Padded, as a formatter would: a document in the repository stays as it was written. */
function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column]!.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => pad(cell, widths[column]!, columns[column]!.align)).join(" | ")} |`;
  const rule = columns.map(({ align }, column) =>
    align === "left" ? "-".repeat(widths[column]!) : `${"-".repeat(widths[column]! - 1)}:`,
  );
  return [columns.map(({ title }) => title), rule, ...rows].map(line).join("\n");
}

function pad(text: string, width: number, align: "left" | "right"): string {
  return align === "left" ? text.padEnd(width) : text.padStart(width);
}
