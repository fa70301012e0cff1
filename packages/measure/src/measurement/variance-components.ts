import { criticalT } from "../statistics/student-t.ts";
import { mean, variance } from "../statistics/trimmed-mean.ts";
import { locationOfRounds, varianceOfLocation } from "./overhead.ts";

/** The parts of the variance of a measured ratio's logarithm. */
export interface VarianceComponents {
  /** The variance from run to run, each in a new process. */
  readonly run: number;
  /** The variance from replica to replica of a run, each with its members prepared anew. */
  readonly replica: number;
  /** The variance of a replica of one round; a replica of n rounds has an n-th of it. */
  readonly round: number;
}

/** The size of a run: how much it measures. */
export interface RunSize {
  readonly replicas: number;
  /** The rounds of each replica. */
  readonly rounds: number;
}

/**
 * Takes the variance of repeated runs of the same work apart. Each part is estimated
 * by the method of moments, from the innermost outwards, and is 0 if its estimate is
 * negative (Searle, Casella & McCulloch 1992, "Variance components", chapter 3).
 *
 * @param runs The logarithms of ratios by run, replica and round: two runs or more, of
 *   two replicas or more.
 */
export function varianceComponents(
  runs: readonly (readonly (readonly number[])[])[],
): VarianceComponents {
  const replicas = runs.flat();
  const fromRounds = replicas.flatMap((rounds) => {
    const own = varianceOfLocation(rounds);
    return own === null ? [] : [own * rounds.length];
  });
  const round = fromRounds.length === 0 ? 0 : mean(fromRounds);
  const perReplica = mean(replicas.map((rounds) => 1 / rounds.length));
  const locations = runs.map((run) => run.map(locationOfRounds));
  const withinRuns = pooledVariance(locations);
  const replica = Math.max(0, withinRuns - round * perReplica);
  const perRun = mean(runs.map((run) => 1 / run.length));
  const run = Math.max(0, variance(locations.map(mean)) - withinRuns * perRun);
  return { run, replica, round };
}

function pooledVariance(groups: readonly (readonly number[])[]): number {
  const degrees = groups.map((values) => values.length - 1);
  const sum = groups.reduce((total, values, at) => total + variance(values) * degrees[at]!, 0);
  return sum / degrees.reduce((total, each) => total + each, 0);
}

/** The standard deviation of the difference between two runs of the same work, as a logarithm. */
export function spreadOfDifference(
  { run, replica, round }: VarianceComponents,
  { replicas, rounds }: RunSize,
): number {
  return Math.sqrt(2 * (run + (replica + round / rounds) / replicas));
}

/** The 95 % quantile of the normal distribution, two-sided. */
const normal95 = 1.959_964;

/**
 * The difference that 95 % of the differences between two runs of the same work stay
 * under if they are normally distributed: 0.008 is 0.8 %.
 */
export function expectedFloor(components: VarianceComponents, size: RunSize): number {
  return Math.expm1(normal95 * spreadOfDifference(components, size));
}

/**
 * The change, as a logarithm, that a test at `alpha` just finds with 95 % probability
 * in runs of this size. The sum of the two quantiles of the central t stands in for
 * the quantile of the noncentral t, and is a little too large if replicas are few.
 *
 * @param alpha The probability, two-sided, of finding a change where there is none.
 */
export function reachOfTest(components: VarianceComponents, size: RunSize, alpha: number): number {
  const freedom = 2 * (size.replicas - 1);
  const reach = criticalT(1 - alpha, freedom) + criticalT(0.9, freedom);
  return reach * spreadOfDifference(components, size);
}
