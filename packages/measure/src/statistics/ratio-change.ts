import { confidence, type Interval } from "./interval.ts";
import { locationOfReplicas } from "./replica-location.ts";
import { criticalT, probabilityBeyond } from "./student-t.ts";
import { mean, variance } from "./trimmed-mean.ts";

/** The change of a ratio between two runs. */
export interface RatioChange {
  /** The ratio of the head divided by that of the base: 1.02 is 2 % more than before. */
  readonly ratio: number;
  /** The 95 % interval of `ratio`, for this change alone. */
  readonly interval: Interval;
  /** The two-sided p value of no change, for this change alone. */
  readonly pValue: number;
}

/**
 * The change of a ratio from `base` to `head`, each given by its replicas: Welch's
 * t test of their logarithms, its degrees of freedom rounded down. With five replicas on either
 * side or more, the location of `locationOfReplicas` and the error that its interval shows take the
 * place of the mean and its standard error, so that a replica that something disturbed as a whole
 * does not hide a change.
 *
 * @param base The ratio of each replica of the base.
 * @param head The ratio of each replica of the head.
 * @param betweenRuns The variance of a run's logarithm beyond what its replicas show, as
 *   calibrated.
 * @returns The change, or null if either has fewer than two replicas, which cannot tell
 *   how replicas differ.
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
 * The share by which the head's ratios would have to be larger for the test to find
 * them larger at `alpha`, two-sided: 0.02 is 2 %. It is 0 if the test found them
 * larger as they are, and null if there is no test.
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
  const fewest = Math.min(base.length, head.length);
  if (fewest < 2) return null;
  const locate = fewest < fewestForModel ? meanOf : modelledLocationOf;
  const [before, after] = [locate(base.map(Math.log)), locate(head.map(Math.log))];
  const squared = before.squaredError + after.squaredError + 2 * betweenRuns;
  const spread =
    before.squaredError ** 2 / (base.length - 1) + after.squaredError ** 2 / (head.length - 1);
  const freedom = spread === 0 ? Infinity : squared ** 2 / spread;
  return {
    change: after.location - before.location,
    standardError: Math.sqrt(squared),
    // The degrees of freedom are capped: beyond a thousand, t is within 0.4 % of the
    // normal distribution, and only takes longer.
    degreesOfFreedom: Math.max(1, Math.min(Math.floor(freedom), 1000)),
  };
}

/**
 * The fewest replicas of either side for which the model of their location is used: with three, its
 * test at 5 % finds a change in 5.6 % of the runs that have none.
 */
const fewestForModel = 5;

interface Located {
  readonly location: number;
  readonly squaredError: number;
}

function meanOf(values: readonly number[]): Located {
  return { location: mean(values), squaredError: variance(values) / values.length };
}

function modelledLocationOf(values: readonly number[]): Located {
  // Replicas that all agree would be given the width of the prior.
  if (variance(values) === 0) return meanOf(values);
  const { location, interval } = locationOfReplicas(
    values.map((each) => ({ location: each, variance: 0, rounds: 1 })),
  );
  const halfWidth = (interval[1] - interval[0]) / 2;
  return { location, squaredError: (halfWidth / criticalT(confidence, values.length - 1)) ** 2 };
}
