import type { OkCase } from "@sebench/results";
import type { Track } from "../page/track-chart.ts";
import { formatOverheadWithin } from "../text/format.ts";

/** The track of the overhead of a case in percent, with its interval. */
export function costTrack({ overhead: { ratio, interval } }: OkCase): Track {
  const toPercent = (value: number) => (value - 1) * 100;
  return {
    value: formatOverheadWithin(ratio, interval),
    line: interval === null ? null : [toPercent(interval[0]), toPercent(interval[1])],
    bar: null,
    marks: [{ at: toPercent(ratio), shape: interval === null ? "open" : "filled" }],
  };
}
