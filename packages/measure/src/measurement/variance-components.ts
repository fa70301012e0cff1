import { criticalT } from "../statistics/student-t.ts";
import { mean, variance } from "../statistics/trimmed-mean.ts";
import { locationOfRounds, varianceOfLocation } from "./overhead.ts";

/** What makes the logarithm of a measured ratio vary, each part on its own. */
export interface VarianceComponents {
  /** From run to run: a new process. */
  readonly run: number;
  /** From replica to replica of a run: members prepared anew. */
  readonly replica: number;
  /** Of a replica with one round: divide by its rounds. */
  readonly round: number;
}

/** How much a run measures. */
export interface RunSize {
  readonly replicas: number;
  /** Of each replica. */
  readonly rounds: number;
}

/**
 * Takes the variance of repeated runs of the same work apart: each part by the
 * method of moments, from the innermost outwards, and 0 where its estimate is
 * negative (Searle, Casella & McCulloch 1992, "Variance components", chapter 3).
 *
 * @param runs logarithms of ratios: run, replica, round; two runs or more, of two replicas or more
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

/** Of the normal distribution, two-sided at 95 %. */
const normal95 = 1.959_964;

/**
 * What 95 % of the differences between two runs of the same work stay under, if
 * they are normally distributed: 0.008 is 0.8 %.
 */
export function expectedFloor(components: VarianceComponents, size: RunSize): number {
  return Math.expm1(normal95 * spreadOfDifference(components, size));
}

/**
 * How a change that a test at `alpha` just finds with 95 % probability goes with
 * how much is measured, as a logarithm. The quantile of the noncentral t is taken
 * for the sum of the two central ones, which is a little too large where replicas
 * are few.
 *
 * @param alpha two-sided
 */
export function reachOfTest(components: VarianceComponents, size: RunSize, alpha: number): number {
  const freedom = 2 * (size.replicas - 1);
  const reach = criticalT(1 - alpha, freedom) + criticalT(0.9, freedom);
  return reach * spreadOfDifference(components, size);
}
