import type { BoundRecord, Interval } from "@sebench/results";
import picocolors from "picocolors";
import { bandwidthText, boundSentence, boundText, peakText } from "./case/bound-text.ts";
import { formatMs, formatOverheadWithin } from "./text/format.ts";
import { type TerminalOptions, type Column, textTable, wrapText } from "./text/text-table.ts";

/** A measured pair with the bound of its overhead. */
export interface BoundedPair {
  readonly runtime: string;
  readonly network: string;
  readonly imageSize: number;
  readonly batch: number;
  readonly lowering: string;
  /** The median latency of the plain network, in milliseconds. */
  readonly plainMs: number;
  readonly overhead: { readonly ratio: number; readonly interval: Interval | null };
  readonly bound: BoundRecord;
}

const columns: readonly Column[] = [
  { title: "runtime", align: "left" },
  { title: "network", align: "left" },
  { title: "px", align: "right" },
  { title: "batch", align: "right" },
  { title: "as", align: "left" },
  { title: "plain p50", align: "right" },
  { title: "overhead, 95 %", align: "right" },
  { title: "bound", align: "right" },
  { title: "computes", align: "right" },
  { title: "reads", align: "right" },
];

/** The text that `bench bound` ends with: a row for each pair, and what each bound follows from. */
export function boundTable(pairs: readonly BoundedPair[], options: TerminalOptions): string {
  const colors = picocolors.createColors(options.color);
  const rows = pairs.map((pair) => cellsOf(pair).map((text) => ({ text })));
  const table = textTable(columns, rows, { width: options.width, paintTitle: colors.dim });
  const sentences = pairs.map((pair) => {
    const form = pair.lowering === "as-is" ? "" : ` as ${pair.lowering}`;
    const work = `${pair.runtime}, ${pair.network}${form}`;
    return wrapText(`- ${work}: ${boundSentence(pair.bound, pair.overhead)}`, options.width, "  ");
  });
  return [...(table === null ? [] : [table, ""]), ...sentences].join("\n");
}

function cellsOf(pair: BoundedPair): string[] {
  const { runtime, network, imageSize, batch, lowering, plainMs, overhead, bound } = pair;
  return [
    runtime,
    network,
    String(imageSize),
    String(batch),
    lowering,
    formatMs(plainMs),
    formatOverheadWithin(overhead.ratio, overhead.interval),
    boundText(bound),
    peakText(bound),
    bandwidthText(bound),
  ];
}
