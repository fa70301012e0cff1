import { z } from "zod";
import { amount, count, moment } from "../record/quantity.ts";

/**
 * The variance of a logarithm. Above this limit, at which repetitions differ by a factor of 10^13, no
 * figure says anything, and what is worked out from it is not finite.
 */
const variance = amount.max(1000);

/**
 * The variances of the logarithms of measurements of the same work on this machine, as
 * `bench calibrate` found them.
 */
export const caseCalibration = z.strictObject({
  /** The moment of the last trial. */
  measured: moment,
  trials: count,
  /**
   * The variances of the ratio's logarithm: from run to run, from replica to replica, and
   * of one round.
   */
  overhead: z.strictObject({ run: variance, replica: variance, round: variance }),
  /** The variances of a median latency's logarithm. */
  latency: z.strictObject({ run: variance, replica: variance }),
  /**
   * The difference that 95 % of the differences of two runs like this one stay under:
   * 0.008 is 0.8 %.
   */
  noiseFloor: amount,
});
export type CaseCalibration = z.infer<typeof caseCalibration>;
