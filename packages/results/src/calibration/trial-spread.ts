import {
  ascending,
  overheadOfRounds,
  quantile,
  type RunSize,
  type VarianceComponents,
  varianceComponents,
  spreadOfDifference,
} from "@sebench/measure";
import type { CaseCalibration, OkCase } from "../case/case-record.ts";
import type {
  CalibrationSubject,
  CalibrationTrial,
  CalibrationRecord,
} from "./calibration-record.ts";

/** How far trials without a slowdown are from each other. */
export interface TrialSpread {
  /** Of the logarithm of the ratio. */
  readonly components: VarianceComponents;
  /** Of the logarithm of a median latency; its replicas' rounds are not told apart. */
  readonly latencyComponents: VarianceComponents;
  /** A trial as it was on average. */
  readonly size: RunSize;
  /** What 95 % of the differences between two such runs of the same network stay under: 0.008 is 0.8 %. */
  readonly noiseFloor: number;
}

/** Trials without a slowdown below which nothing is said. */
export const fewestTrials = 10;

/** @returns null where there are too few trials */
export function spreadOfTrials(subject: CalibrationSubject): TrialSpread | null {
  const trials = trialsOf(subject, 0);
  if (trials.length < fewestTrials) return null;
  return {
    components: varianceComponents(trials.map(({ logRatios }) => logRatios)),
    latencyComponents: varianceComponents(
      trials.map(({ medianMs }) => medianMs.map((ms) => [Math.log(ms)])),
    ),
    size: averageSize(trials),
    noiseFloor: noiseFloorOf(trials),
  };
}

export function trialsOf({ trials }: CalibrationSubject, slowdown: number): CalibrationTrial[] {
  return trials.filter((trial) => trial.slowdown === slowdown);
}

/** Of all pairs of trials. */
function noiseFloorOf(trials: readonly CalibrationTrial[]): number {
  const locations = trials.map(({ logRatios }) => Math.log(overheadOfRounds(logRatios).ratio));
  const differences = locations.flatMap((one, index) =>
    locations.slice(index + 1).map((other) => Math.abs(one - other)),
  );
  return Math.expm1(quantile(ascending(differences), 0.95));
}

function averageSize(trials: readonly CalibrationTrial[]): RunSize {
  const replicas = trials.flatMap(({ logRatios }) => logRatios);
  const rounds = replicas.reduce((sum, each) => sum + each.length, 0);
  return {
    replicas: Math.max(2, Math.floor(replicas.length / trials.length)),
    rounds: rounds / replicas.length,
  };
}

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
