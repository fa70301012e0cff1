import { z } from "zod";
import { identity } from "../case/case-record.ts";
import { machineRecord } from "../machine/machine-record.ts";
import { count, divisor, interval, latencyRatio, moment, words } from "../record/quantity.ts";

/** The schema of a tuning that this version writes and reads. */
export const tuningSchema = "sebench-tuning/1";

const { runtime, host, network, imageSize, batch, precision, lowering } = identity;

/** The ratio of one latency to another: 1.1 is 10 % more. */
const ratio = z.strictObject({
  ratio: latencyRatio,
  /**
   * The interval of the ratio, from the replicas of the last races, or null for a single
   * replica.
   */
  interval: interval.nullable(),
});

const tuning = z.strictObject({
  runtime,
  host,
  network,
  imageSize,
  batch,
  precision,
  /** The threads asked of the engine, or null for the engine's own default. */
  threads: count.min(1).nullable(),
  engineVersion: words,
  hostVersion: words,
  tuned: moment,
  seed: count,
  /** The time that the search had. */
  seconds: divisor,
  /** The lowering that everyone writes. */
  naive: lowering,
  /** The fastest lowering that was found, which is the naive one if none is faster. */
  lowering,
  /** The median time of a run of the network without SE. */
  plainMs: divisor,
  /** The latency of each form, divided by that of the network without SE. */
  overhead: z.strictObject({ naive: ratio, tuned: ratio }),
  /** The latency of the tuned form, divided by that of the naive one. */
  gain: ratio,
});
export type Tuning = z.infer<typeof tuning>;

/** The tunings of one machine. */
export const tuningRecord = z
  .strictObject({
    schema: z.literal(tuningSchema),
    machine: machineRecord,
    tunings: z.array(tuning).readonly(),
  })
  .refine(({ tunings }) => new Set(tunings.map(tuningKey)).size === tunings.length, {
    path: ["tunings"],
    error: "holds a case twice",
  });
export type TuningRecord = z.infer<typeof tuningRecord>;

/** The fields of a case that a recipe was tuned for; the recipe is for no other case. */
export type TunedCase = Pick<
  Tuning,
  "runtime" | "host" | "network" | "imageSize" | "batch" | "precision" | "threads"
>;

export function tuningKey(of: TunedCase): string {
  return JSON.stringify([
    of.runtime,
    of.host,
    of.network,
    of.imageSize,
    of.batch,
    of.precision,
    of.threads,
  ]);
}

/** The tuning of a case, or undefined if the case was not tuned on the machine. */
export function tuningOf(record: TuningRecord | null, of: TunedCase): Tuning | undefined {
  const key = tuningKey(of);
  return record?.tunings.find((each) => tuningKey(each) === key);
}
