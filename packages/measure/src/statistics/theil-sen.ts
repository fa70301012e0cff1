import { type Interval } from "./interval.ts";
import { ascending, median } from "./quantile.ts";

/** The normal quantile of the two-sided 95 % interval. */
const normal95 = 1.959_963_984_540_054;

/** The slope of a line through points, with its interval. */
export interface Slope {
  readonly slope: number;
  readonly interval: Interval;
}

/** The fewest points that a slope's interval is worked out from: its ranks are too few below. */
export const fewestPoints = 8;

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
