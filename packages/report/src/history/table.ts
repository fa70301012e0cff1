import type { Series } from "@sebench/results";
import { oneLine } from "@sebench/spec";
import picocolors from "picocolors";
import { runtimeName, workName } from "../case/case-label.ts";
import { formatLevel, formatOverheadWithin } from "../text/format.ts";
import {
  type TerminalOptions,
  type Column,
  textRow,
  textTable,
  wrapText,
} from "../text/text-table.ts";

const columns: readonly Column[] = [
  { title: "runtime", align: "left" },
  { title: "network", align: "left" },
  { title: "runs", align: "right" },
  { title: "trend", align: "left" },
  { title: "last overhead, 95 %", align: "right" },
];

/** The number of runs that a trend shows, the last ones. */
const shown = 24;

/** The text that `bench history` prints: a line for each case, and where the overhead changed. */
export function historyTable(all: readonly Series[], options: TerminalOptions): string {
  const colors = picocolors.createColors(options.color);
  const machines = [...new Set(all.map(({ machine }) => machine))];
  return machines
    .map((machine) => {
      const own = all.filter((series) => series.machine === machine);
      const rows = own.map((series) => rowOf(series).map((text) => ({ text })));
      const table =
        textTable(columns, rows, { width: options.width, paintTitle: colors.dim }) ??
        own.map((series) => textRow(rowOf(series))).join("\n");
      const notes = own.flatMap((series) =>
        notesOf(series).map((note) => wrapText(note, options.width, "  ")),
      );
      return [colors.bold(oneLine(`Machine ${machine}`)), table, ...notes].join("\n");
    })
    .join("\n\n");
}

function rowOf(series: Series): string[] {
  const { points } = series;
  const last = points.at(-1)!.measured.overhead;
  return [
    runtimeName(series),
    workName(series),
    String(points.length),
    sparkline(points.slice(-shown).map(({ measured }) => measured.overhead.ratio)),
    formatOverheadWithin(last.ratio, last.interval),
  ];
}

const bars = "▁▂▃▄▅▆▇█";

/** A line of bars from the lowest to the highest value; equal values are in the middle. */
function sparkline(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const share = (value: number) => (high === low ? 0.5 : (value - low) / (high - low));
  return values
    .map((value) => bars[Math.min(bars.length - 1, Math.floor(share(value) * bars.length))])
    .join("");
}

/** The changes of the level, each with the version that changed at the same run, if one did. */
export function notesOf(series: Series): string[] {
  const versions = versionChanges(series);
  return series.changes.map(({ index, before, after }) => {
    const { started, run, commit } = series.points[index]!;
    const version = versions.find((each) => each.index === index);
    const place = [
      started.slice(0, 10),
      `run ${run}`,
      ...(commit === null ? [] : [`commit ${commit.slice(0, 10)}`]),
      ...(version ? [`new version: ${version.text}`] : []),
    ];
    return `${runtimeName(series)} for ${workName(series)}: from ${formatLevel(before)} to ${formatLevel(after)} (${place.join(", ")})`;
  });
}

/** The runs whose engine or host is another than in the run before, by index, with what changed. */
export function versionChanges({ points }: Series): { index: number; text: string }[] {
  return points.flatMap(({ measured }, index) => {
    const before = points[index - 1]?.measured;
    if (!before) return [];
    const texts = [
      before.engineVersion === measured.engineVersion ? "" : measured.engineVersion,
      before.hostVersion === measured.hostVersion ? "" : `host ${measured.hostVersion}`,
    ].filter((text) => text !== "");
    return texts.length === 0 ? [] : [{ index, text: texts.join(", ") }];
  });
}
