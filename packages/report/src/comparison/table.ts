import type { Comparison } from "@sebench/results";
import picocolors from "picocolors";
import {
  type TerminalOptions,
  type Cell,
  type Column,
  textTable,
  wrapText,
} from "../text/text-table.ts";
import { caseRows, comparisonFacts, type ComparisonRow, otherRows, verdictTally } from "./rows.ts";

type Colors = ReturnType<typeof picocolors.createColors>;

const columns: readonly Column[] = [
  { title: "runtime", align: "left" },
  { title: "network", align: "left" },
  { title: "what", align: "left" },
  { title: "base", align: "right" },
  { title: "head", align: "right" },
  { title: "change, 95 %", align: "right" },
  { title: "verdict", align: "left" },
];

/** The text that `bench compare` prints. */
export function comparisonTable(comparison: Comparison, options: TerminalOptions): string {
  const colors = picocolors.createColors(options.color);
  const rows = [...caseRows(comparison), ...otherRows(comparison)];
  const notes = rows.flatMap(({ runtime, work, notes: all }) =>
    all.map((note) => wrapText(`${runtime} for ${work}: ${note}.`, options.width, "  ")),
  );
  const facts = comparisonFacts(comparison).map((fact) => wrapText(fact, options.width, "  "));
  const table =
    textTable(
      columns,
      rows.map((row) => cells(row, colors)),
      { width: options.width, paintTitle: colors.dim },
    ) ?? rows.map((row) => stacked(row, colors)).join("\n");
  return [table, notes.join("\n"), `${verdictTally(comparison)}.`, facts.join("\n")]
    .filter((part) => part !== "")
    .join("\n\n");
}

function cells(row: ComparisonRow, colors: Colors): Cell[] {
  return [
    { text: row.runtime },
    { text: row.work },
    { text: row.quantity },
    { text: row.base },
    { text: row.head },
    { text: row.change },
    { text: row.verdict, paint: paintOf(row.verdict, colors) },
  ];
}

/** A row in two lines, for a terminal in which the table does not fit. */
function stacked(row: ComparisonRow, colors: Colors): string {
  const { runtime, work, quantity, base, head, change, verdict } = row;
  const painted = paintOf(verdict, colors)(verdict);
  return `${colors.bold(runtime)} ${work}\n  ${quantity} ${base} → ${head}, ${change}: ${painted}`;
}

function paintOf(verdict: ComparisonRow["verdict"], colors: Colors): (text: string) => string {
  const paints = {
    regressed: colors.red,
    improved: colors.green,
    "cannot tell": colors.yellow,
    same: colors.dim,
    "not judged": colors.dim,
  };
  return paints[verdict];
}
