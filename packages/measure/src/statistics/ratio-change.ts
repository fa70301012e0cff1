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
  const welch = welchOf(base, head, betweenRuns);
  if (welch === null) return null;
  const { change, standardError, degreesOfFreedom } = welch;
  const halfWidth = criticalT(confidence, degreesOfFreedom) * standardError;
  return {
    ratio: Math.exp(change),
    interval: [Math.exp(change - halfWidth), Math.exp(change + halfWidth)],
    pValue:
      standardError === 0
        ? Number(change === 0)
        : probabilityBeyond(change / standardError, degreesOfFreedom),
  };
}

/**
 * By how much more the head's ratios would have had to be larger for the test to
 * find it at `alpha`, two-sided: 0.02 is 2 %. 0 where it found them larger as
 * they are; null where there is no test.
 */
export function effectToBeFound(
  base: readonly number[],
  head: readonly number[],
  alpha: number,
  betweenRuns = 0,
): number | null {
  const welch = welchOf(base, head, betweenRuns);
  if (welch === null) return null;
  const { change, standardError, degreesOfFreedom } = welch;
  const reach = criticalT(1 - alpha, degreesOfFreedom) * standardError;
  return Math.max(0, Math.expm1(reach - change));
}

function welchOf(base: readonly number[], head: readonly number[], betweenRuns: number) {
  if (base.length < 2 || head.length < 2) return null;
  const [before, after] = [base.map(Math.log), head.map(Math.log)];
  const [fromBase, fromHead] = [before, after].map((values) => variance(values) / values.length);
  const squared = fromBase! + fromHead! + 2 * betweenRuns;
  const spread = fromBase! ** 2 / (before.length - 1) + fromHead! ** 2 / (after.length - 1);
  const freedom = spread === 0 ? Infinity : squared ** 2 / spread;
  return {
    change: mean(after) - mean(before),
    standardError: Math.sqrt(squared),
    // Beyond a thousand, t is within 0.4 % of the normal distribution, and only takes longer.
    degreesOfFreedom: Math.max(1, Math.min(Math.floor(freedom), 1000)),
  };
}
