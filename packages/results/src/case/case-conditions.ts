import { z } from "zod";
import { count, words } from "../record/quantity.ts";

/** One number for each round; null where the system does not tell. */
const byRound = z.array(z.number()).readonly().nullable();
const told = z.number().nullable();

/** What the machine was like while a case was measured, looked at between timed runs. */
export const conditions = z.strictObject({
  replicas: z
    .array(
      z.strictObject({
        /** Processor time that other programs took, in cores. */
        foreignCores: byRound,
        /** Load average of the last minute. */
        load: byRound,
        clockMHz: byRound,
        /** Of the hottest zone. */
        temperatureC: byRound,
        /** That the processor's packages took. */
        powerW: byRound,
        /** Rounds, from 0, that other programs, a hypervisor, heat or a quota held up. They stay in every figure. */
        disturbed: z.array(count).readonly(),
        /** At the replica's end. */
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
