import { z } from "zod";
import {
  amount,
  count,
  interval,
  latencyRatio,
  milliseconds,
  ofBoth,
  quantity,
  words,
} from "../record/quantity.ts";

/** A list with one number for each round, or null if the system does not tell. */
const byRound = z.array(quantity).readonly().nullable();
const told = quantity.nullable();

/** The state of a machine's GPUs. */
export const gpuStates = z
  .array(
    z.strictObject({
      name: words,
      clockMHz: told,
      temperatureC: told,
      powerW: told,
      throttled: z.boolean().nullable(),
    }),
  )
  .readonly();

/** The state of the machine while a case was measured, observed between timed runs. */
export const conditions = z.strictObject({
  replicas: z
    .array(
      z.strictObject({
        /** The processor time that other programs took, in cores. */
        foreignCores: byRound,
        /** The load average of the last minute. */
        load: byRound,
        clockMHz: byRound,
        /** The temperature of the hottest zone, in degrees Celsius. */
        temperatureC: byRound,
        /** The power that the processor's packages took, in watts. */
        powerW: byRound,
        /**
         * The number of rounds that were taken again since the page was hidden in them; left out
         * where there were none.
         */
        voided: count.min(1).optional(),
        /**
         * The rounds, counted from 0, that other programs, a hypervisor, heat or a quota
         * held up. They stay in every figure.
         */
        disturbed: z.array(count).readonly(),
        /** The state of the GPUs at the replica's end. */
        gpus: gpuStates,
      }),
    )
    .readonly(),
  disturbedRounds: count,
});
export type CaseConditions = z.infer<typeof conditions>;

/** The processor time of one member. */
const memberProcessor = z.strictObject({
  /** The wall time of a run over its processor time that a quarter of the rounds stay under. */
  usualRatio: amount,
  /**
   * The processor time of a run, over all threads of the processes that measured, by replica and
   * round; it is rounded to 1e-4 ms when written.
   */
  processorMs: z.array(z.array(milliseconds).readonly()).readonly(),
});

/** The processor time of the processes that measured a case, beside the wall time. */
export const processorTime = z.strictObject({
  /**
   * The least difference between the processor times of two visits, for one run: the step of a
   * clock that counts in ticks, and next to nothing where the system counts finely.
   */
  stepMs: milliseconds,
  members: ofBoth(memberProcessor),
  /**
   * The rounds of each replica, counted from 0, that took longer than their processor time explains;
   * they stay in every figure. Null where a GPU computed, whose time is not the processor's.
   */
  heldUp: z.array(z.array(count).readonly()).readonly().nullable(),
  /**
   * The overhead by processor time, from the rounds and by the estimator of the overhead; null where
   * more than one thread computed, or where the clock is too coarse.
   */
  overhead: z
    .strictObject({
      ratio: latencyRatio,
      interval: interval.nullable(),
      replicas: z.array(latencyRatio).min(1).readonly(),
      rounds: count,
    })
    .nullable(),
});
export type CaseProcessorTime = z.infer<typeof processorTime>;
