import type { Interval } from "../statistics/interval.ts";
import { carriesPercentile, percentileInterval } from "../statistics/order-statistic.ts";
import { ascending, quantile } from "../statistics/quantile.ts";
import { mean } from "../statistics/trimmed-mean.ts";

/** The samples of one member in milliseconds, by replica, round and run. */
export type Samples = readonly (readonly (readonly number[])[])[];

/**
 * The latency of one member over all its samples, in milliseconds. No sample is
 * left out. The percentiles are of what this process saw: their intervals hold
 * for independent samples, and samples within a replica are not independent, so
 * they leave out how replicas, processes and days differ, and are too narrow as
 * a forecast. The interval of the overhead does cover replicas: use that one to
 * compare the members.
 */
export interface LatencySummary {
  readonly n: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  /** The interval of `p50`, or null if there are fewer than 8 samples. */
  readonly p50Interval: Interval | null;
  /** The 90th percentile, or null if there are fewer than 46 samples. */
  readonly p90: number | null;
  readonly p90Interval: Interval | null;
  /** The 99th percentile, or null if there are fewer than 473 samples. */
  readonly p99: number | null;
  readonly p99Interval: Interval | null;
  /**
   * The number of samples beyond Tukey's outer fences, which are three interquartile
   * ranges outside the quartiles (Tukey 1977, "Exploratory data analysis"). They are
   * counted and not dropped.
   */
  readonly outliers: number;
}

/**
 * Summarizes the samples of one member.
 *
 * @param replicas The samples, at least one in all.
 */
export function latencySummary(replicas: Samples): LatencySummary {
  const sorted = ascending(replicas.flat(2));
  return {
    n: sorted.length,
    min: sorted[0]!,
    mean: mean(sorted),
    p50: quantile(sorted, 0.5),
    p50Interval: percentileInterval(sorted, 0.5),
    p90: carriedPercentile(sorted, 0.9),
    p90Interval: percentileInterval(sorted, 0.9),
    p99: carriedPercentile(sorted, 0.99),
    p99Interval: percentileInterval(sorted, 0.99),
    outliers: countOutliers(sorted),
  };
}

function carriedPercentile(sorted: readonly number[], probability: number): number | null {
  return carriesPercentile(sorted.length, probability) ? quantile(sorted, probability) : null;
}

function countOutliers(sorted: readonly number[]): number {
  const lower = quantile(sorted, 0.25);
  const upper = quantile(sorted, 0.75);
  const reach = 3 * (upper - lower);
  return sorted.filter((sample) => sample < lower - reach || sample > upper + reach).length;
}
