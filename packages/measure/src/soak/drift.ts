import { median } from "../statistics/quantile.ts";
import { fewestPoints, type Slope, theilSen } from "../statistics/theil-sen.ts";
import type { Interval } from "../statistics/interval.ts";

/**
 * The share of a soak's runs that trends leave out, from the first on: an engine compiles, and
 * allocators take what they will keep.
 */
const settling = 0.1;

/** The most windows that runs are joined to. */
const mostWindows = 40;

/** Runs that follow each other, joined. */
export interface RunWindow {
  /** The number of the window's middle run, counted from 1. */
  readonly run: number;
  readonly medianMs: number;
}

/** How the time of a run changed from the first runs that are counted to the last one. */
export interface LatencyDrift {
  /** The median of the first window and that of the last. */
  readonly firstMs: number;
  readonly lastMs: number;
  /**
   * The time of the last run over that of the first one that is counted, on the robust line through
   * the windows: 1.02 is 2 % slower at the end. Null for too few windows.
   */
  readonly ratio: number | null;
  readonly interval: Interval | null;
}

/** The runs after settling, in windows of equal length; what is left over counts for the first. */
export function runWindows(runsMs: readonly number[]): RunWindow[] {
  const first = Math.floor(settling * runsMs.length);
  const counted = runsMs.slice(first);
  const length = Math.ceil(counted.length / mostWindows);
  const windows = Math.floor(counted.length / length);
  const start = counted.length - windows * length;
  return Array.from({ length: windows }, (_, at) => {
    const from = start + at * length;
    return {
      run: first + from + (length + 1) / 2,
      medianMs: median(counted.slice(from, from + length)),
    };
  });
}

/**
 * The drift of the latency over a soak: a line through the logarithms of the windows' medians by
 * Theil and Sen, so that a disturbed quarter of the soak does not rule it.
 *
 * @param windows The windows, at least one. A window that the clock took for nothing leaves no drift.
 */
export function latencyDrift(windows: readonly RunWindow[]): LatencyDrift {
  const [first, last] = [windows[0]!, windows.at(-1)!];
  const isTimed = windows.every(({ medianMs }) => medianMs > 0);
  const line = isTimed
    ? theilSen(windows.map(({ run, medianMs }) => [run, Math.log(medianMs)]))
    : null;
  const span = last.run - first.run;
  const over = (slope: number) => Math.exp(slope * span);
  return {
    firstMs: first.medianMs,
    lastMs: last.medianMs,
    ratio: line && over(line.slope),
    interval: line && [over(line.interval[0]), over(line.interval[1])],
  };
}

/** A reading of the memory after a number of runs. */
export interface MemoryPoint {
  readonly run: number;
  readonly bytes: number;
}

/**
 * The growth of the memory in bytes a run, by Theil's and Sen's line through the readings after
 * settling; null for fewer than eight of these.
 */
export function memoryGrowth(points: readonly MemoryPoint[], runs: number): Slope | null {
  const settled = points.filter(({ run }) => run >= settling * runs);
  return theilSen(settled.map(({ run, bytes }) => [run, bytes]));
}

/** The readings of a soak's memory that leave enough of them for a slope after settling. */
export const memoryReadings = 2 * fewestPoints + 4;
