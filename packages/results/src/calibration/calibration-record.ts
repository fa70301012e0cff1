import { z } from "zod";
import { machineRecord } from "../machine/machine-record.ts";
import { count, milliseconds, moment, words } from "../record/quantity.ts";

/** The form that this version writes and reads. */
export const calibrationSchema = "sebench-calibration/1";

/** One run of a network against itself, measured as `bench run` measures a pair. */
const trial = z.strictObject({
  started: moment,
  /** Which member of the pair stood on both sides. */
  member: z.enum(["plain", "se"]),
  /** Share by which the runs of one side were made slower; 0 where nothing was. */
  slowdown: z.number().min(0).max(10),
  /** Logarithms of the rounds' ratios, that side over the other: replica, round. */
  logRatios: z.array(z.array(z.number()).min(1).readonly()).min(2).readonly(),
  /** Median latency of the side that was not slowed, by replica. */
  medianMs: z.array(milliseconds.positive()).min(2).readonly(),
});
export type CalibrationTrial = z.infer<typeof trial>;

const subject = z.strictObject({
  /** Of the case whose members were run against themselves. */
  id: words,
  engineVersion: words,
  hostVersion: words,
  /** Threads asked of the engine; null for the engine's own default. */
  threads: count.min(1).nullable(),
  /** Time that a trial had for its replicas. */
  seconds: z.number().positive(),
  trials: z.array(trial).readonly(),
});
export type CalibrationSubject = z.infer<typeof subject>;

/** All that was calibrated on one machine. */
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

/** Trials may be counted together only where all of this is the same. */
export type SubjectCircumstances = Omit<CalibrationSubject, "trials">;

export function subjectKey(circumstances: SubjectCircumstances): string {
  const { id, engineVersion, hostVersion, threads, seconds } = circumstances;
  return JSON.stringify([id, engineVersion, hostVersion, threads, seconds]);
}
