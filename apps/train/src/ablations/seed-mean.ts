import { criticalT, type Interval, probabilityBeyond } from "@sebench/measure";

const confidence = 0.95;

/** A mean over seeds. */
export interface SeedMean {
  readonly mean: number;
  /** The interval by Student's t at 95 %, or null where the seeds cannot tell how they differ. */
  readonly interval: Interval | null;
  /** The two-sided p value of a true mean of 0, or null where the seeds cannot tell how they differ. */
  readonly pValue: number | null;
}

/**
 * The mean over seeds. One seed cannot tell how seeds differ. Nor can seeds that give
 * the very same value: errors of some thousand images are that coarse, and an interval
 * without width would claim what no two runs can show.
 *
 * @param values the value of each seed, at least one
 */
export function seedMean(values: readonly number[]): SeedMean {
  const count = values.length;
  const mean = sum(values) / count;
  if (values.every((value) => value === values[0])) return { mean, interval: null, pValue: null };
  const variance = sum(values.map((value) => (value - mean) ** 2)) / (count - 1);
  const standardError = Math.sqrt(variance / count);
  const halfWidth = intervalFactor(count) * standardError;
  return {
    mean,
    interval: [mean - halfWidth, mean + halfWidth],
    pValue: probabilityBeyond(mean / standardError, count - 1),
  };
}

/**
 * Half of an interval's width, in standard errors.
 *
 * @param seeds the number of seeds, at least 2
 */
export function intervalFactor(seeds: number): number {
  return criticalT(confidence, seeds - 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
