import type { Tuning } from "@sebench/results";
import picocolors from "picocolors";
import { formatMs, formatOverheadWithin } from "./text/format.ts";
import { type TerminalOptions, type Column, textTable, wrapText } from "./text/text-table.ts";

const columns: readonly Column[] = [
  { title: "runtime", align: "left" },
  { title: "network", align: "left" },
  { title: "px", align: "right" },
  { title: "batch", align: "right" },
  { title: "plain p50", align: "right" },
  { title: "naive, 95 %", align: "right" },
  { title: "tuned, 95 %", align: "right" },
  { title: "tuned over naive", align: "right" },
];

/** The text that `bench tune` ends with: a row for each case, and its recipe, stage by stage. */
export function tuningTable(tunings: readonly Tuning[], options: TerminalOptions): string {
  const colors = picocolors.createColors(options.color);
  const rows = tunings.map((tuning) => cellsOf(tuning).map((text) => ({ text })));
  const table = textTable(columns, rows, { width: options.width, paintTitle: colors.dim });
  const sentences = tunings.map((tuning) =>
    wrapText(`- ${recipeSentence(tuning)}`, options.width, "  "),
  );
  return [...(table === null ? [] : [table, ""]), ...sentences].join("\n");
}

function cellsOf(tuning: Tuning): string[] {
  const { runtime, network, imageSize, batch, plainMs, overhead, gain } = tuning;
  return [
    runtime,
    network,
    String(imageSize),
    String(batch),
    formatMs(plainMs),
    ...[overhead.naive, overhead.tuned, gain].map(({ ratio, interval }) =>
      formatOverheadWithin(ratio, interval),
    ),
  ];
}

function recipeSentence({ runtime, network, naive, lowering, overhead, gain }: Tuning): string {
  const cost = ({ ratio, interval }: Tuning["gain"]) => formatOverheadWithin(ratio, interval);
  const place = `${network} on ${runtime}`;
  if (lowering === naive) {
    return `${place}: nothing was found to be faster than ${naive}, with which SE costs ${cost(overhead.naive)}.`;
  }
  // A model's file is rewritten as a whole, so what is gained is not of its SE alone.
  if (naive === "as-is") {
    const gained = formatOverheadWithin(gain.ratio, gain.interval);
    return `${place}: the passes ${lowering.split("+").join(" and ")} change its time by ${gained}; against the file with its SE cut out it takes ${cost(overhead.tuned)}, and ${cost(overhead.naive)} as it is. bench optimize --passes ${lowering.split("+").join(",")} writes such a file.`;
  }
  const costs = `SE costs ${cost(overhead.tuned)}, and ${cost(overhead.naive)} as ${naive}`;
  return `${place}: ${costs}. Recipe: ${recipeText(lowering)} (${lowering}).`;
}

/** A lowering in words: `stages 2-3 squeeze-fold and scale-fold; stage 5 gate-resize`. */
function recipeText(lowering: string): string {
  return lowering
    .split("/")
    .map((part) => {
      const [form, stages] = part.split(":").toReversed() as [string, string | undefined];
      const passes = form.split("+").join(" and ");
      if (stages === undefined) return passes;
      return `${stages.includes("-") ? "stages" : "stage"} ${stages} ${passes}`;
    })
    .join("; ");
}
