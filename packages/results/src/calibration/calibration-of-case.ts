import { noiseFloor } from "@sebench/measure";
import type { CaseCalibration, OkCase } from "../case-record.ts";
import type { CalibrationRecord } from "./calibration-record.ts";
import { summarizeCalibration, trialsOf } from "./calibration-summary.ts";

/**
 * What the machine's calibration says of a case: that of the same case with the
 * same `--threads`, and of those the last. Null where there is none, or too little.
 */
export function calibrationOf(
  record: Pick<OkCase, "id" | "threads" | "overhead">,
  calibration: CalibrationRecord | null,
): CaseCalibration | null {
  const subject = calibration?.subjects.findLast(
    ({ id, threads }) => id === record.id && threads === record.threads,
  );
  const summary = subject && summarizeCalibration(subject);
  if (!subject || !summary) return null;
  const { components, latencyComponents } = summary;
  const replicas = record.overhead.replicas.length;
  return {
    measured: subject.trials.at(-1)!.started,
    trials: trialsOf(subject, 0).length,
    overhead: components,
    latency: { run: latencyComponents.run, replica: latencyComponents.replica },
    noiseFloor: noiseFloor(components, { replicas, rounds: record.overhead.rounds / replicas }),
  };
}
