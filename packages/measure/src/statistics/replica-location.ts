import { type GridDistribution, quantileOf } from "./grid-distribution.ts";
import type { Interval } from "./interval.ts";
import { ascending, median } from "./quantile.ts";
import { mean, variance } from "./trimmed-mean.ts";

/** What one replica says of the location that all replicas share. */
export interface ReplicaLocation {
  readonly location: number;
  /**
   * The variance of `location` over repetitions of the replica's rounds in the same sessions; 0
   * where there is one round.
   */
  readonly variance: number;
  /** The rounds that the variance was estimated from, those that a trimmed mean cuts off left out. */
  readonly rounds: number;
}

/**
 * The least scale of the half-Cauchy prior of how much replicas differ, as a logarithm: 0.6 %, since
 * replicas of few rounds may agree by luck.
 */
const leastScale = 0.006;

/**
 * The scale of the prior in median distances of the replicas from their median, as far as these
 * are beyond what the replicas' own rounds explain. It is so wide that the replicas decide and not
 * the prior, also on a machine where they differ by several percent, and one disturbed replica does
 * not rule a median.
 */
const scaleByDistance = 10;

/** The degrees of freedom of the t distribution of replicas around the location. */
const freedom = 2;

/** The rounds that the middle variance of all replicas counts for in that of each. */
const borrowedRounds = 4;

/** Quantiles of the half-Cauchy distribution of scale 1, in equal steps of probability. */
const halfCauchy = Array.from({ length: 16 }, (_, at) =>
  Math.tan((Math.PI / 2) * ((at + 0.5) / 16)),
);
const points = 101;
/** How far the grid reaches to either side, in errors of the location. */
const reach = 6;

/**
 * The location that replicas share, with its 95 % interval: the posterior median and central
 * interval of a random-effects model. A replica lies around the location by Student's t with two
 * degrees of freedom, whose squared scale is the variance between replicas plus the replica's own.
 * So a replica whose rounds vary more counts for less, and one that something disturbed as a whole
 * moves neither the location nor the interval as far as it does in a t interval of the mean
 * (Lange, Little & Taylor 1989, "Robust statistical modeling using the t distribution", JASA 84;
 * half-Cauchy prior of the scale: Gelman 2006, "Prior distributions for variance parameters in
 * hierarchical models", Bayesian Analysis 1). `bench/coverage.ts` shows how often the interval
 * covers the truth.
 *
 * @param replicas The replicas, at least two. Values are logarithms of ratios.
 */
export function locationOfReplicas(replicas: readonly ReplicaLocation[]): {
  readonly location: number;
  readonly interval: Interval;
} {
  const posterior = posteriorOf(replicas);
  const quantile = (share: number) => quantileOf(posterior, share);
  return { location: quantile(0.5), interval: [quantile(0.025), quantile(0.975)] };
}

/** The posterior of the location that replicas share, by the model of `locationOfReplicas`. */
export function posteriorOf(replicas: readonly ReplicaLocation[]): GridDistribution {
  const values = replicas.map(({ location }) => location);
  const own = steadiedVariances(replicas);
  const spread =
    Math.sqrt(variance(values) / values.length) + Math.sqrt(mean(own) / values.length) + 1e-6;
  const from = median(values) - reach * spread;
  const step = (2 * reach * spread) / (points - 1);
  const scale = priorScale(values, median(ascending(own)));
  const weights = weightsOf(
    values,
    own,
    halfCauchy.map((quantile) => quantile * scale),
    (at) => from + at * step,
  );
  return { from, step, weights };
}

/**
 * The scale of the prior of how much replicas differ. Where their own rounds explain how far they
 * lie apart, it is as wide as a replica's own error, and not ten times as wide as the distances: what
 * the rounds tell would be lost.
 *
 * @param own The middle variance of a replica's location within its sessions.
 */
function priorScale(values: readonly number[], own: number): number {
  const beyondRounds = Math.sqrt(Math.max(0, medianDistance(values) ** 2 - own));
  return Math.max(leastScale, Math.sqrt(own), scaleByDistance * beyondRounds);
}

/**
 * The variances of the replicas, each drawn a little towards the middle one, since a variance of
 * few rounds is itself uncertain.
 */
function steadiedVariances(replicas: readonly ReplicaLocation[]): number[] {
  const middle = median(ascending(replicas.map((replica) => replica.variance)));
  return replicas.map(({ variance: own, rounds }) => {
    const counted = Math.max(0, rounds - 1);
    return (own * counted + middle * borrowedRounds) / (counted + borrowedRounds);
  });
}

/** The median of the distances from the median. */
function medianDistance(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

/** The posterior's weight at each point of the grid, up to a constant factor. */
function weightsOf(
  values: readonly number[],
  own: readonly number[],
  scales: readonly number[],
  locationAt: (point: number) => number,
): Float64Array {
  const logs = new Float64Array(points * scales.length);
  scales.forEach((scale, row) => {
    const squares = own.map((each) => each + scale * scale);
    const widths = squares.reduce((sum, square) => sum + Math.log(square) / 2, 0);
    for (let point = 0; point < points; point++) {
      const location = locationAt(point);
      let tails = 1;
      for (let at = 0; at < values.length; at++) {
        const distance = values[at]! - location;
        tails *= 1 + (distance * distance) / (freedom * squares[at]!);
      }
      logs[row * points + point] = -widths - ((freedom + 1) / 2) * Math.log(tails);
    }
  });
  const top = logs.reduce((most, log) => Math.max(most, log));
  const weights = new Float64Array(points);
  for (let at = 0; at < logs.length; at++) weights[at % points]! += Math.exp(logs[at]! - top);
  return weights;
}
