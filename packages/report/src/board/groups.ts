import { median } from "@sebench/measure";
import type { BoardRow, DeviceKind, Interval } from "@sebench/results";
import { formatNumberOf, formatOverhead, formatOverheadWithin } from "../text/format.ts";
import { type TerminalOptions, textRow, textTable } from "../text/text-table.ts";

/** Measurements of the same work on the same runtime, host and kind of device, whose ratios compare. */
export interface BoardGroup {
  readonly network: string;
  /** What is not usual of the work: `224 px, batch 8, int8`. */
  readonly work: string;
  readonly runtime: string;
  /** What executed the JavaScript, by its name: `firefox`. */
  readonly host: string;
  readonly kind: DeviceKind;
  /** Whether the CPU played the GPU. */
  readonly software: boolean;
  readonly rows: readonly BoardRow[];
  /** The number of those who submitted the rows. */
  readonly submitters: number;
  /** The median of the ratios, each of one device. */
  readonly ratio: number;
  /** The least and the greatest ratio. */
  readonly range: Interval;
}

/** The groups of a board, by network, runtime, host and kind of device. */
export function groupsOf(rows: readonly BoardRow[]): BoardGroup[] {
  const groups = new Map<string, BoardRow[]>();
  for (const row of rows) {
    const key = JSON.stringify(keyOf(row));
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => {
      const [first] = own as [BoardRow, ...BoardRow[]];
      const { subject, device, host, proof } = first.measurement;
      const ratios = own.map(({ measurement }) => measurement.overhead.ratio);
      return {
        network: subject.network,
        work: workOf(first),
        runtime: subject.runtime,
        host: host.name,
        kind: device.kind,
        software: proof.software,
        rows: own,
        submitters: new Set(own.map(({ by }) => by)).size,
        ratio: median(ratios),
        range: [Math.min(...ratios), Math.max(...ratios)],
      };
    });
}

function keyOf(row: BoardRow) {
  const { subject, device, host, proof } = row.measurement;
  const { network, runtime } = subject;
  return [network, workOf(row), runtime, host.name, device.kind, proof.software];
}

function workOf({ measurement: { subject } }: BoardRow): string {
  const { imageSize, batch, precision, lowering } = subject;
  return [
    `${imageSize} px`,
    ...(batch === 1 ? [] : [`batch ${batch}`]),
    ...(precision === "fp32" ? [] : [precision]),
    ...(lowering === "gemm" ? [] : [lowering]),
  ].join(", ");
}

/** What SE costs in a group, in figures. */
export function costOf({ rows, ratio, range }: BoardGroup): string {
  const [only, ...others] = rows;
  if (others.length === 0) {
    const { overhead } = only!.measurement;
    return formatOverheadWithin(overhead.ratio, overhead.interval);
  }
  const [low, high] = range.map((each) => formatOverhead(each, range).replace(/^\+| %$/g, ""));
  return `${formatOverhead(ratio, range)}, ${low} to ${high}`;
}

/** How many measurements a group has, and of how many people. */
export function countOf({ rows, submitters }: BoardGroup): string {
  return `${formatNumberOf(rows.length, "measurement", "measurements")}, ${formatNumberOf(submitters, "submitter", "submitters")}`;
}

/** The text that `bench board` prints: a line for each network, runtime and kind of device. */
export function boardTable(rows: readonly BoardRow[], { width }: TerminalOptions): string {
  const lines = groupsOf(rows).map((group) => [
    group.network,
    `${group.runtime} in ${group.host}`,
    group.software ? `${group.kind} (the CPU plays the GPU)` : group.kind,
    group.work,
    costOf(group),
    countOf(group),
  ]);
  const titles = ["network", "runtime", "device", "work", "SE costs", ""];
  const columns = titles.map((title) => ({ title, align: "left" as const }));
  const table = textTable(
    columns,
    lines.map((cells) => cells.map((text) => ({ text }))),
    { width, paintTitle: (title) => title },
  );
  return table ?? lines.map(textRow).join("\n");
}
