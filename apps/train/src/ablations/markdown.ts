import { say } from "@sebench/cli";
import type { Interval } from "@sebench/measure";
import { replaceFile } from "@sebench/results";
import { standardNetwork } from "./ablation.ts";
import { readRuns } from "./run.ts";
import { intervalFactor } from "./seed-mean.ts";
import {
  type AblationRow,
  type AblationTable,
  type SeedDifference,
  describeRun,
  ablationTable,
} from "./table.ts";

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

/** The table as a document of its own, in Markdown. */
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

/** Whether a network can be told from the standard, in words. */
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

/** A table in Markdown, padded as a formatter pads it, so that a document in the repository stays as it was written. */
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

const scope =
  "The paper's figures (SENet v4, tables 10 to 16) are of ResNet-50 on ImageNet: networks of another size, " +
  "and another dataset. Figures here neither confirm nor refute the paper's.";

const differences =
  "The paper trained its ablations without biases in SE; here SE has them, as in the released weights. " +
  "ResNet-8 has one block in each of stages 2 to 4; ResNet-50 has a stage 5 as well. The paper gives no intervals.";

/** How the table's networks were trained. */
function ablationIntroduction(table: AblationTable): string {
  const { settings, stepsPerEpoch, testImages } = table;
  const { epochs, batch, imageSize, rate, schedule, warmUp, momentum, weightDecay } = settings;
  const counts = seedCounts(table).map(String);
  const seeds =
    counts.length === 1 && counts[0] === "1" ? "1 seed" : `${counts.join(" or ")} seeds`;
  return [
    "Written by `pnpm train ablation-table`.",
    `ResNet-8 with and without SE, ${seeds} of each network, on ${thousands(stepsPerEpoch * batch)}`,
    `training images of Fashion-MNIST at ${imageSize} pixels: ${thousands(epochs * stepsPerEpoch)} steps`,
    `(${epochs} epochs in batches of ${batch}), rate ${rate} (${schedule}, warm-up ${warmUp} epochs),`,
    `momentum ${momentum}, weight decay ${weightDecay},`,
    `images ${settings.augment ? "mirrored and shifted" : "as they are"}.`,
    `Errors are of the ${thousands(testImages)} test images after the last epoch.`,
    scope,
  ].join(" ");
}

/** What the table can say and what it cannot. */
function ablationNotes(table: AblationTable): string[] {
  return [
    ...intervals(table),
    ...findings(table),
    ...testImagesAlone(table),
    ...obstacles(table),
    differences,
    ...leftOut(table),
  ];
}

function intervals(table: AblationTable): string[] {
  const several = seedCounts(table).filter((count) => count > 1);
  if (several.length === 0) {
    return [
      "One seed only: it cannot tell how seeds differ, so there are no intervals, and no two networks are told apart.",
    ];
  }
  const factors = several.map((count) => `${intervalFactor(count).toFixed(1)} of ${count}`);
  return [
    `Intervals are at 95 %, of the mean over seeds by Student's t, which is ${factors.join(", ")} seeds: ` +
      "few seeds say little of how seeds differ, and seeds that agree to the image nothing. " +
      "Differences are paired by seed: with the same seed two networks see the same images in the same order, " +
      "mirrored and shifted alike.",
  ];
}

function findings({ rows, comparisons }: AblationTable): string[] {
  if (comparisons === 0) return [];
  const compared = rows.filter(({ result }) => result?.difference);
  const names = (told: boolean) =>
    listed(compared.filter(({ result }) => result!.difference!.toldApart === told)) || "none";
  return [
    `Told apart from the standard, at 5 % over all ${comparisons} comparisons (Holm): ${names(true)}. ` +
      `Not told apart: ${names(false)}.`,
  ];
}

/** The note on what can be said without a second seed. */
function testImagesAlone({ rows }: AblationTable): string[] {
  const standard = rows.find(({ network }) => network === standardNetwork);
  const row = standard?.result ? standard : rows.find(({ result }) => result !== null);
  const [first] = row?.result?.seeds ?? [];
  if (!row || !first) return [];
  const { seed, error, interval } = first;
  return [
    `The test images alone leave this open of one run: \`${row.network}\` with seed ${seed} errs in ` +
      `${fixed(error)} % [${fixed(interval[0])}, ${fixed(interval[1])}] (Wilson). How seeds differ comes on top.`,
  ];
}

function obstacles({ rows }: AblationTable): string[] {
  return rows
    .filter(({ obstacle }) => obstacle !== null)
    .map(({ network, obstacle }) => `There is no \`${network}\`: ${obstacle}.`);
}

function leftOut({ rows, diverged, unfinished }: AblationTable): string[] {
  const tried = new Set([...diverged, ...unfinished].map(({ network }) => network));
  const missing = rows.filter(
    ({ network, obstacle, result }) => result === null && obstacle === null && !tried.has(network),
  );
  const groups = [
    ["Diverged, and left out", diverged.map(describeRun).join("; ")],
    ["Not finished, and left out", unfinished.map(describeRun).join("; ")],
    ["Not trained", listed(missing)],
  ] as const;
  return groups.filter(([, names]) => names !== "").map(([what, names]) => `${what}: ${names}.`);
}

function listed(rows: readonly AblationRow[]): string {
  return [...new Set(rows.map(({ network }) => `\`${network}\``))].join(", ");
}

/** The numbers of seeds that networks have, ascending, without 0. */
function seedCounts({ rows }: AblationTable): number[] {
  const counts = rows.map(({ result }) => result?.seeds.length ?? 0).filter((count) => count > 0);
  return [...new Set(counts)].toSorted((a, b) => a - b);
}

/** A count in English, such as `12,800`. */
function thousands(count: number): string {
  return count.toLocaleString("en-GB");
}

/** A number with the two decimals that the paper prints of errors: `10.53`, `−0.08`. */
export function fixed(value: number): string {
  const digits = Math.abs(value).toFixed(2);
  return value < 0 && Number(digits) !== 0 ? `−${digits}` : digits;
}

/** A difference with two decimals and its sign: `+0.31`. */
export function signed(value: number): string {
  const digits = fixed(value);
  return value > 0 && Number(digits) !== 0 ? `+${digits}` : digits;
}

/** The flags of `ablation-table` as commander gives them. */
export interface TableFlags {
  readonly out?: string;
  readonly json?: boolean;
}

/** Prints the table of the runs in a folder, or writes it to a file. */
export async function printTable(folder: string, flags: TableFlags): Promise<void> {
  const table = ablationTable(await readRuns(folder));
  if (flags.out !== undefined) {
    await replaceFile(flags.out, ablationMarkdown(table));
    say(`written: ${flags.out}`);
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(table, null, 2)}\n`);
  else if (flags.out === undefined) process.stdout.write(ablationMarkdown(table));
}
