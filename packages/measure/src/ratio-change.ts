import { confidence, type Interval } from "./interval.ts";
import { criticalT, probabilityBeyond } from "./student-t.ts";
import { mean, variance } from "./trimmed-mean.ts";

/** How a ratio differs between two runs: 1.02 is 2 % more than before. */
export interface RatioChange {
  readonly ratio: number;
  /** At 95 %, of this change alone. */
  readonly interval: Interval;
  /** Of no change, two-sided, of this change alone. */
  readonly pValue: number;
}

/**
 * The change of a ratio from `base` to `head`, each given by its replicas: Welch's
 * t test of their logarithms, its degrees of freedom rounded down.
 *
 * @param base,head the ratio of each replica
 * @param betweenRuns variance of a run's logarithm beyond what its replicas show, as calibrated
 * @returns null where either has fewer than two replicas: they cannot tell how replicas differ
 */
export function ratioChange(
  base: readonly number[],
  head: readonly number[],
  betweenRuns = 0,
): RatioChange | null {
  if (base.length < 2 || head.length < 2) return null;
  const [before, after] = [base.map(Math.log), head.map(Math.log)];
  const change = mean(after) - mean(before);
  const parts = [before, after].map((values) => variance(values) / values.length);
  const squared = parts[0]! + parts[1]! + 2 * betweenRuns;
  if (squared === 0) {
    const ratio = Math.exp(change);
    return { ratio, interval: [ratio, ratio], pValue: change === 0 ? 1 : 0 };
  }
  const spread =
    parts[0]! ** 2 / (before.length - 1) + parts[1]! ** 2 / (after.length - 1) || Number.MIN_VALUE;
  const degreesOfFreedom = Math.max(1, Math.min(Math.floor(squared ** 2 / spread), 10_000));
  const standardError = Math.sqrt(squared);
  const halfWidth = criticalT(confidence, degreesOfFreedom) * standardError;
  return {
    ratio: Math.exp(change),
    interval: [Math.exp(change - halfWidth), Math.exp(change + halfWidth)],
    pValue: probabilityBeyond(change / standardError, degreesOfFreedom),
  };
}
