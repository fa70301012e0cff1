import { z } from "zod";
import { count, fraction, interval, milliseconds } from "../record/quantity.ts";

/** A quantity that each replica gives once, in milliseconds. */
const onceAReplica = z.strictObject({
  median: milliseconds,
  /** In the order of the replicas. */
  replicas: z.array(milliseconds).min(1).readonly(),
});

/**
 * All samples of one member, in milliseconds. A percentile and its interval are
 * null where the samples do not carry them.
 */
const latency = z.strictObject({
  n: count.min(1),
  min: milliseconds,
  mean: milliseconds,
  p50: milliseconds,
  p50Interval: interval.nullable(),
  p90: milliseconds.nullable(),
  p90Interval: interval.nullable(),
  p99: milliseconds.nullable(),
  p99Interval: interval.nullable(),
  /** Samples far outside the bulk. They are counted, and stay in every figure. */
  outliers: count,
});

/** What was measured of one member of a pair. */
export const memberRecord = z.strictObject({
  parameters: count,
  /** Multiply-accumulates for one image. */
  macs: count,
  /** Making the encoded model ready to run. */
  prepareMs: onceAReplica,
  /** The first run after that, which often compiles or allocates. */
  firstRunMs: onceAReplica,
  /** Runs before the first round, by replica. */
  warmUpRuns: z.array(count).readonly(),
  /** By replica: false where warm-up hit its cap before the times settled. */
  steady: z.array(z.boolean()).readonly(),
  latencyMs: latency,
  /** Batch size over the median latency. */
  imagesPerSecond: z.number().nonnegative(),
  /**
   * How far the process's resident set rose at its peak over prepare and first
   * run; null where the host cannot tell.
   */
  peakRssBytes: count.nullable(),
  /** Replica, round, run. Rounded to 1e-4 ms when written. */
  samplesMs: z.array(z.array(z.array(milliseconds).readonly()).readonly()).readonly(),
});
export type MemberRecord = z.infer<typeof memberRecord>;

/** How far a member's logits are from the oracle's. */
export const memberParity = z.strictObject({
  /** Largest absolute difference of a logit; null where it is not a finite number. */
  maxAbs: z.number().nonnegative().nullable(),
  /**
   * Largest, over the images, of (largest difference / largest absolute logit of
   * the oracle); null where it is not a finite number.
   */
  relative: z.number().nonnegative().nullable(),
  /** Share of the images whose largest logit is of the same class. */
  top1Agreement: fraction,
  images: count,
  pass: z.boolean(),
});
export type MemberParity = z.infer<typeof memberParity>;
