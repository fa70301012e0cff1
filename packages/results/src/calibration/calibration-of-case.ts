import { spreadOfDifference } from "@sebench/measure";
import type { CaseCalibration, OkCase } from "../case-record.ts";
import type { CalibrationRecord } from "./calibration-record.ts";
import { spreadOfTrials, trialsOf } from "./trial-spread.ts";

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
  const spread = subject && spreadOfTrials(subject);
  if (!subject || !spread) return null;
  const { components, latencyComponents } = spread;
  const replicas = record.overhead.replicas.length;
  const size = { replicas, rounds: record.overhead.rounds / replicas };
  const calibrated = spreadOfDifference(components, spread.size);
  const scale = calibrated === 0 ? 1 : spreadOfDifference(components, size) / calibrated;
  return {
    measured: subject.trials.at(-1)!.started,
    trials: trialsOf(subject, 0).length,
    overhead: components,
    latency: { run: latencyComponents.run, replica: latencyComponents.replica },
    // As seen in the trials; a run that measures more or less by the variance components.
    noiseFloor: spread.noiseFloor * scale,
  };
}
