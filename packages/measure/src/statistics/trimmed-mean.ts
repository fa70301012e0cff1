import { ascending } from "./quantile.ts";

/**
 * The mean of what is left when the share `trim` of the values is cut off at
 * each end, rounded down to whole values (Tukey & McLaughlin 1963).
 *
 * @param values The values, at least one.
 * @param trim The share that is cut off at each end, in [0, 0.5).
 */
export function trimmedMean(values: readonly number[], trim: number): number {
  const cut = Math.floor(trim * values.length);
  return mean(ascending(values).slice(cut, values.length - cut));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The variance of the population that the values are a sample of.
 *
 * @param values The values, at least two.
 */
export function variance(values: readonly number[]): number {
  const location = mean(values);
  return values.reduce((sum, value) => sum + (value - location) ** 2, 0) / (values.length - 1);
}

/**
 * The variance of the trimmed mean of independent values, worked out from the values
 * with those that are cut off replaced by the nearest that stay (Tukey & McLaughlin 1963).
 *
 * @param values The values, at least two.
 * @param trim The share that is cut off at each end, in [0, 0.5).
 */
export function varianceOfTrimmedMean(values: readonly number[], trim: number): number {
  const cut = Math.floor(trim * values.length);
  const sorted = ascending(values);
  const [low, high] = [sorted[cut]!, sorted[values.length - 1 - cut]!];
  const winsorized = sorted.map((value) => Math.min(Math.max(value, low), high));
  return variance(winsorized) / ((1 - (2 * cut) / values.length) ** 2 * values.length);
}
