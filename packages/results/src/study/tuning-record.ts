import { z } from "zod";
import { identity } from "../case/case-record.ts";
import { machineRecord } from "../machine/machine-record.ts";
import { count, interval, milliseconds, moment, words } from "../record/quantity.ts";

/** The form that this version writes and reads. */
export const tuningSchema = "sebench-tuning/1";

const { runtime, host, network, imageSize, batch, precision, lowering } = identity;

/** One latency by another: 1.1 is 10 % more. */
const ratio = z.strictObject({
  ratio: z.number().positive(),
  /** From the replicas of the last races; null where there is one. */
  interval: interval.nullable(),
});

const tuning = z.strictObject({
  runtime,
  host,
  network,
  imageSize,
  batch,
  precision,
  /** Threads asked of the engine; null for the engine's own default. */
  threads: count.min(1).nullable(),
  engineVersion: words,
  hostVersion: words,
  tuned: moment,
  seed: count,
  /** Time that the search had. */
  seconds: z.number().positive(),
  /** How SE is written as everyone writes it. */
  naive: lowering,
  /** The fastest that was found; the naive one where none is faster. */
  lowering,
  /** Of the network without SE, the median of a run. */
  plainMs: milliseconds.positive(),
  /** Latency by that of the network without SE. */
  overhead: z.strictObject({ naive: ratio, tuned: ratio }),
  /** The tuned form's latency by the naive one's. */
  gain: ratio,
});
export type Tuning = z.infer<typeof tuning>;

/** All that was tuned on one machine. */
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

/** What a recipe was tuned for, and is for nothing else. */
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

/** Undefined where that case was not tuned on the machine, or the machine not at all. */
export function tuningOf(record: TuningRecord | null, of: TunedCase): Tuning | undefined {
  const key = tuningKey(of);
  return record?.tunings.find((each) => tuningKey(each) === key);
}
