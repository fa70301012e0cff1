import { z } from "zod";
import { isCaseId } from "../case/case-id.ts";
import { machineRecord } from "../machine/machine-record.ts";
import { count, divisor, moment, quantity, words } from "../record/quantity.ts";

/** The schema of a calibration that this version writes and reads. */
export const calibrationSchema = "sebench-calibration/1";

/** A run of a network against itself, measured as `bench run` measures a pair. */
const trial = z.strictObject({
  started: moment,
  /** The member of the pair that stood on both sides. */
  member: z.enum(["plain", "se"]),
  /** The share by which the runs of one side were made slower, or 0 if neither was. */
  slowdown: z.number().min(0).max(10),
  /**
   * The logarithms of the rounds' ratios by replica and round, with the side that may be
   * slowed over the other.
   */
  logRatios: z.array(z.array(quantity).min(1).readonly()).min(2).readonly(),
  /** The median latency of the side that was not slowed, by replica. */
  medianMs: z.array(divisor).min(2).readonly(),
});
export type CalibrationTrial = z.infer<typeof trial>;

const subject = z.strictObject({
  /** The id of the case whose members were run against themselves. */
  id: z.string().refine(isCaseId, { error: "does not name a case" }),
  engineVersion: words,
  hostVersion: words,
  /** The threads asked of the engine, or null for the engine's own default. */
  threads: count.min(1).nullable(),
  /** The time that a trial had for its replicas. */
  seconds: divisor,
  trials: z.array(trial).readonly(),
});
export type CalibrationSubject = z.infer<typeof subject>;

/** The calibrations of one machine. */
export const calibrationRecord = z
  .strictObject({
    schema: z.literal(calibrationSchema),
    machine: machineRecord,
    subjects: z.array(subject).readonly(),
  })
  .refine(({ subjects }) => new Set(subjects.map(subjectKey)).size === subjects.length, {
    path: ["subjects"],
    error: "holds a subject twice",
  });
export type CalibrationRecord = z.infer<typeof calibrationRecord>;

/** The circumstances of trials, which are counted together only if all of these are the same. */
export type SubjectCircumstances = Omit<CalibrationSubject, "trials">;

export function subjectKey(circumstances: SubjectCircumstances): string {
  const { id, engineVersion, hostVersion, threads, seconds } = circumstances;
  return JSON.stringify([id, engineVersion, hostVersion, threads, seconds]);
}
