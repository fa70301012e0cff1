import { ascending } from "./quantile.ts";

/**
 * The mean of what is left when the share `trim` of the values is cut off at
 * each end, rounded down to whole values (Tukey & McLaughlin 1963).
 *
 * @param values at least one
 * @param trim in [0, 0.5)
 */
export function trimmedMean(values: readonly number[], trim: number): number {
  const cut = Math.floor(trim * values.length);
  return mean(ascending(values).slice(cut, values.length - cut));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
