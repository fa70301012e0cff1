import { z } from "zod";
import { count, quantity, words } from "../record/quantity.ts";

/** A list with one number for each round, or null if the system does not tell. */
const byRound = z.array(quantity).readonly().nullable();
const told = quantity.nullable();

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
         * The rounds, counted from 0, that other programs, a hypervisor, heat or a quota
         * held up. They stay in every figure.
         */
        disturbed: z.array(count).readonly(),
        /** The state of the GPUs at the replica's end. */
        gpus: z
          .array(
            z.strictObject({
              name: words,
              clockMHz: told,
              temperatureC: told,
              powerW: told,
              throttled: z.boolean().nullable(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
  disturbedRounds: count,
});
export type CaseConditions = z.infer<typeof conditions>;
