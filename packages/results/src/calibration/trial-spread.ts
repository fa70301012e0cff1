import {
  ascending,
  overheadOfRounds,
  quantile,
  type RunSize,
  type VarianceComponents,
  varianceComponents,
  spreadOfDifference,
} from "@sebench/measure";
import type { CaseCalibration } from "../case/case-calibration.ts";
import type { OkCase } from "../case/case-record.ts";
import type {
  CalibrationSubject,
  CalibrationTrial,
  CalibrationRecord,
} from "./calibration-record.ts";

/** The differences between a subject's trials without a slowdown. */
export interface TrialSpread {
  /** The parts of the variance of the ratio's logarithm. */
  readonly components: VarianceComponents;
  /**
   * The parts of the variance of a median latency's logarithm, with 0 for the rounds,
   * which are not told apart.
   */
  readonly latencyComponents: VarianceComponents;
  /** The average size of a trial. */
  readonly size: RunSize;
  /** The difference that 95 % of the differences between two trials stay under: 0.008 is 0.8 %. */
  readonly noiseFloor: number;
}

/** The fewest trials without a slowdown from which anything is said. */
export const fewestTrials = 10;

/** The spread of a subject's trials, or null if there are too few trials. */
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

/** The 95 % quantile of the differences of all pairs of trials. */
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
 * The calibration of a case on its machine: that of the last subject with the same
 * case and the same `--threads`. It is null if there is no such subject, or if the
 * subject has too few trials.
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
    // The floor seen in the trials is scaled by the variance components to a run that
    // measures more or less.
    noiseFloor: spread.noiseFloor * scale,
  };
}
