import { carriesPercentile, quantile } from "@sebench/measure";
import { z } from "zod";
import {
  amount,
  count,
  divisor,
  fraction,
  type Interval,
  interval,
  milliseconds,
} from "../record/quantity.ts";
import { type Percentile, percentiles } from "../serving/serving-record.ts";

/** A quantity that each replica gives once, in milliseconds. */
const onceAReplica = z.strictObject({
  median: milliseconds,
  /** The quantity of each replica, in their order. */
  replicas: z.array(milliseconds).min(1).readonly(),
});

/**
 * The latency of one member over all its samples, in milliseconds. A percentile and
 * its interval are null if the samples do not carry them.
 */
const latency = z.strictObject({
  n: count.min(1),
  min: milliseconds,
  mean: milliseconds,
  p50: divisor,
  p50Interval: interval.nullable(),
  p90: milliseconds.nullable(),
  p90Interval: interval.nullable(),
  p99: milliseconds.nullable(),
  p99Interval: interval.nullable(),
  /** The number of samples far outside the bulk, which stay in every figure. */
  outliers: count,
});

/** The measurements of one member of a pair. */
export const memberRecord = z.strictObject({
  parameters: count,
  /** The multiply-accumulates for one image, or null of a model's file that does not tell them. */
  macs: count.nullable(),
  /**
   * The time to make the encoded model ready to run, in a process that may have done so before: no
   * time of a first start.
   */
  prepareMs: onceAReplica,
  /** The time of the first run, which often compiles or allocates. */
  firstRunMs: onceAReplica,
  /** The runs before the first round, by replica. */
  warmUpRuns: z.array(count).readonly(),
  /** Whether the times settled before warm-up hit its cap, by replica. */
  steady: z.array(z.boolean()).readonly(),
  latencyMs: latency,
  /**
   * The number of runs of which each sample is the mean, by replica, where the page's clock is too
   * coarse for one run; p90 and p99 are null then. Left out where each sample is one run.
   */
  runsPerSample: z.array(count.min(1)).readonly().optional(),
  /** The batch size divided by the median latency. */
  imagesPerSecond: amount,
  /**
   * The rise of the process's resident set in its first replica, in bytes. It depends on what was
   * prepared before in the process, so nothing compares it, and it is no longer measured: null.
   */
  peakRssBytes: count.nullable(),
  /** The samples by replica, round and run, which are rounded to 1e-4 ms when written. */
  samplesMs: z.array(z.array(z.array(milliseconds).readonly()).readonly()).readonly(),
});
export type MemberRecord = z.infer<typeof memberRecord>;

/**
 * The range around the interval of the percentile, which takes samples to be
 * independent, and around the percentile of each replica that carries it, since
 * samples are not independent.
 */
export function latencyRange(
  { latencyMs, samplesMs }: MemberRecord,
  percentile: Percentile,
): Interval {
  const probability = percentiles[percentile];
  const replicas = samplesMs
    .map((rounds) => rounds.flat())
    .filter(({ length }) => length > 0)
    .filter(({ length }) => percentile === "p50" || carriesPercentile(length, probability))
    .map((samples) =>
      quantile(
        samples.toSorted((a, b) => a - b),
        probability,
      ),
    );
  const within = latencyMs[`${percentile}Interval`] ?? samplesMs.flat(2);
  const known = [...within, ...replicas];
  // A record may leave its samples out, and then has the percentile alone.
  const values = known.length > 0 ? known : [latencyMs[percentile]!];
  return [Math.min(...values), Math.max(...values)];
}

/** What is known of a member that was prepared and run once, and not timed. */
export const provenMember = z.strictObject({
  parameters: count,
  /** The multiply-accumulates for one image, or null of a model's file that does not tell them. */
  macs: count.nullable(),
  /** The time to make the encoded model ready to run. */
  prepareMs: milliseconds,
  /** The time of the first run, which often compiles or allocates. */
  firstRunMs: milliseconds,
});

/** The difference of a member's logits from the oracle's. */
export const memberParity = z.strictObject({
  /** The largest absolute difference of a logit, or null if it is not a finite number. */
  maxAbs: amount.nullable(),
  /**
   * The largest, over the images, of the image's largest difference divided by the
   * oracle's largest absolute logit, or null if it is not a finite number.
   */
  relative: amount.nullable(),
  /** The share of the images whose largest logit is of the same class as the oracle's. */
  top1Agreement: fraction,
  images: count,
  pass: z.boolean(),
});
export type MemberParity = z.infer<typeof memberParity>;
