import type { Optimization, OptimizedFile, PassRecord, TimedRatio } from "@sebench/results";
import { oneLine } from "@sebench/spec";
import picocolors from "picocolors";
import { formatBytes, formatMs, formatOverheadWithin } from "./text/format.ts";
import { type Column, type TerminalOptions, textTable, wrapText } from "./text/text-table.ts";

const passColumns: readonly Column[] = [
  { title: "pass", align: "left" },
  { title: "places", align: "right" },
  { title: "left", align: "right" },
  { title: "time, 95 %", align: "right" },
  { title: "outcome", align: "left" },
];

const fileColumns: readonly Column[] = [
  { title: "file", align: "left" },
  { title: "p50", align: "right" },
  { title: "nodes", align: "right" },
  { title: "size", align: "right" },
];

const gainText = ({ ratio, interval }: TimedRatio) =>
  formatOverheadWithin(ratio, interval && [interval[0], interval[1]]);

/** The text that `bench optimize` prints: each pass with its gain, and the file before and after. */
export function optimizationTable(found: Optimization, options: TerminalOptions): string {
  const { passes, before, after } = found;
  const colors = picocolors.createColors(options.color);
  const table = (columns: readonly Column[], rows: readonly (readonly string[])[]) =>
    textTable(
      columns,
      rows.map((row) => row.map((text) => ({ text: oneLine(text) }))),
      { width: options.width, paintTitle: colors.dim },
    ) ?? rows.map((row) => line(`- ${row.join(", ")}`)).join("\n");
  // Names of nodes and files are the model's own.
  const line = (text: string) => wrapText(oneLine(text), options.width, "  ");
  const files = after === null ? [before] : [before, after];
  return [
    table(passColumns, passes.map(passCells)),
    "",
    ...passes.flatMap((pass) => refusals(pass).map(line)),
    ...(passes.some(({ refused }) => refused.length > 0) ? [""] : []),
    table(fileColumns, files.map(fileCells)),
    "",
    ...sentencesOf(found).map(line),
  ].join("\n");
}

function passCells({ pass, places, refused, gain, outcome, reason }: PassRecord): string[] {
  const left = refused.length === 0 ? "" : String(refused.length);
  const told =
    outcome === "slower" ? "no gain shown" : outcome === "nothing" ? "nothing to do" : outcome;
  return [
    pass,
    places === 0 ? "" : String(places),
    left,
    gain === null ? "" : gainText(gain),
    reason === null ? told : `${told}: ${reason}`,
  ];
}

/** The places that a pass left, one line for each reason. */
function refusals({ pass, refused }: PassRecord): string[] {
  const byReason = new Map<string, string[]>();
  for (const { at, why } of refused) byReason.set(why, [...(byReason.get(why) ?? []), at]);
  return [...byReason].map(([why, [first, ...others]]) => {
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return `- ${pass} leaves ${first!}${more}: ${why}`;
  });
}

function fileCells({ file, medianMs, nodes, bytes }: OptimizedFile): string[] {
  return [file, formatMs(medianMs), String(nodes), formatBytes(bytes)];
}

const apart = ({ relative }: NonNullable<Optimization["parity"]>) =>
  relative === null ? "more than a number" : relative.toPrecision(2);

function sentencesOf({
  after,
  before,
  gain,
  parity,
  runtime,
  host,
  replicas,
}: Optimization): string[] {
  const where = `on ${runtime} in ${host}, from ${replicas.length} races with new sessions`;
  if (after === null) {
    const why =
      parity !== null && !parity.pass
        ? `its outputs differ by ${apart(parity)} of the greatest, and ${parity.tolerance} is allowed`
        : `nothing was faster than ${before.file} beyond noise (${gainText(gain)} ${where})`;
    return [`No file was written: ${why}.`];
  }
  return [
    `${after.file} takes ${gainText(gain)} time against ${before.file}, ${where}.`,
    `Its outputs differ by ${apart(parity!)} of the greatest from those of ${parity!.reference === "oracle" ? "the float64 oracle" : `${before.file} on onnxruntime-node/cpu without optimisation`}; ${parity!.tolerance} is allowed.`,
    ...(parity!.still.length === 0
      ? []
      : [
          `${parity!.still.join(", ")} hardly changes from input to input, so parity shows little there.`,
        ]),
  ];
}
