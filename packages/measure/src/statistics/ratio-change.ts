import {
  differenceOf,
  type GridDistribution,
  quantileOf,
  shareBelow,
} from "./grid-distribution.ts";
import type { Interval } from "./interval.ts";
import { posteriorOf } from "./replica-location.ts";

/** The change of a ratio between two runs. */
export interface RatioChange {
  /** The ratio of the head divided by that of the base: 1.02 is 2 % more than before. */
  readonly ratio: number;
  /** The 95 % interval of `ratio`, for this change alone. */
  readonly interval: Interval;
  /** The two-sided p value of no change, for this change alone. */
  readonly pValue: number;
}

/** How well the rounds of a replica tell its ratio. */
export interface ReplicaError {
  /**
   * The standard error of the ratio's logarithm over repetitions of the rounds in the same
   * sessions; 0 where there is one round.
   */
  readonly error: number;
  /** The rounds that it was estimated from. */
  readonly rounds: number;
}

/** The replicas of a run. */
export interface RatioReplicas {
  /** The ratio of each replica. */
  readonly replicas: readonly number[];
  /** What the rounds of each replica tell; a summary of an older run does not say. */
  readonly within?: readonly ReplicaError[] | undefined;
}

/**
 * The change of a ratio from `base` to `head`: the difference of the locations of their replicas, each
 * of which has the posterior that its run's own interval is read from (`locationOfReplicas`). So
 * two runs whose intervals are narrow are compared as sharply as they were measured, and a
 * replica that something disturbed as a whole does not hide a change. The p value is twice the
 * smaller share of the difference that lies on either side of 0; `bench/gate-power.ts` shows that it
 * is no smaller than it should be.
 *
 * @param betweenRuns The variance of a run's logarithm beyond what its replicas show, as
 *   calibrated.
 * @returns The change, or null if either has fewer than two replicas, which cannot tell
 *   how replicas differ.
 */
export function ratioChange(
  base: RatioReplicas,
  head: RatioReplicas,
  betweenRuns = 0,
): RatioChange | null {
  const change = changeOf(base, head, betweenRuns);
  if (change === null) return null;
  const quantile = (share: number) => Math.exp(quantileOf(change, share));
  const fallen = shareBelow(change, 0);
  return {
    ratio: quantile(0.5),
    interval: [quantile(0.025), quantile(0.975)],
    pValue: 2 * Math.min(fallen, 1 - fallen),
  };
}

/**
 * The share by which the head's ratios would have to be larger for the test to find
 * them larger at `alpha`, two-sided: 0.02 is 2 %. It is 0 if the test found them
 * larger as they are, and null if there is no test.
 */
export function effectToBeFound(
  base: RatioReplicas,
  head: RatioReplicas,
  alpha: number,
  betweenRuns = 0,
): number | null {
  const change = changeOf(base, head, betweenRuns);
  return change && Math.max(0, Math.expm1(-quantileOf(change, alpha / 2)));
}

/** The distribution of the change's logarithm. */
function changeOf(
  base: RatioReplicas,
  head: RatioReplicas,
  betweenRuns: number,
): GridDistribution | null {
  if (Math.min(base.replicas.length, head.replicas.length) < 2) return null;
  return differenceOf(locate(head), locate(base), 2 * betweenRuns);
}

/** The posteriors of runs that were compared before: a calibration compares each with all others. */
const located = new WeakMap<RatioReplicas, GridDistribution>();

function locate(run: RatioReplicas): GridDistribution {
  const known = located.get(run);
  if (known) return known;
  const { replicas, within } = run;
  const posterior = posteriorOf(
    replicas.map((ratio, index) => {
      const { error, rounds } = within?.[index] ?? { error: 0, rounds: 1 };
      return { location: Math.log(ratio), variance: error ** 2, rounds };
    }),
  );
  located.set(run, posterior);
  return posterior;
}
