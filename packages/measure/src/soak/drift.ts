import type { Interval } from "../statistics/interval.ts";
import { ascending, median } from "../statistics/quantile.ts";

/** The normal quantile of the two-sided 95 % interval. */
const normal95 = 1.959_963_984_540_054;

/** The slope of a line through points, with its interval. */
export interface Slope {
  readonly slope: number;
  readonly interval: Interval;
}

/** The fewest points that a slope's interval is worked out from: its ranks are too few below. */
const fewestPoints = 8;

/**
 * The median of the slopes through all pairs of points, and its 95 % interval by Kendall's rank
 * correlation (Sen 1968, "Estimates of the regression coefficient based on Kendall's tau", JASA
 * 63). Up to 29 % of the points may be anything. The interval takes points as independent given
 * the line.
 *
 * @param points The points `[x, y]`, at least two with different x.
 * @returns Null for fewer than `fewestPoints` points, or where all have one x.
 */
export function theilSen(points: readonly (readonly [number, number])[]): Slope | null {
  if (points.length < fewestPoints) return null;
  const slopes: number[] = [];
  for (const [at, [x, y]] of points.entries()) {
    for (const [otherX, otherY] of points.slice(at + 1)) {
      if (otherX !== x) slopes.push((otherY - y) / (otherX - x));
    }
  }
  if (slopes.length === 0) return null;
  const sorted = ascending(slopes);
  const spread = spreadOfKendall(points);
  const rank = (of: number) => Math.max(0, Math.min(sorted.length - 1, of));
  const low = rank(roundedToEven((sorted.length - spread) / 2) - 1);
  const high = rank(roundedToEven((sorted.length + spread) / 2));
  return { slope: median(slopes), interval: [sorted[low]!, sorted[high]!] };
}

/** The half-width of Kendall's S at 95 %, less for values that are equal. */
function spreadOfKendall(points: readonly (readonly [number, number])[]): number {
  const part = (n: number) => n * (n - 1) * (2 * n + 5);
  const ties = ([0, 1] as const).flatMap((axis) => groupSizes(points.map((point) => point[axis])));
  const variance = (part(points.length) - ties.reduce((sum, size) => sum + part(size), 0)) / 18;
  return normal95 * Math.sqrt(Math.max(0, variance));
}

function groupSizes(values: readonly number[]): number[] {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()].filter((size) => size > 1);
}

function roundedToEven(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value % 1) === 0.5 && whole % 2 !== 0 ? whole - 1 : whole;
}

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
