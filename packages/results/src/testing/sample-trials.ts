import { seededRandom } from "@sebench/measure";
import type {
  CalibrationSubject,
  CalibrationTrial,
  SubjectCircumstances,
} from "../calibration/calibration-record.ts";
import { okCase } from "./sample-run.ts";

export const sampleCircumstances: SubjectCircumstances = {
  id: okCase().id,
  engineVersion: "1.30.0",
  hostVersion: "v20.20.2",
  threads: null,
  seconds: 9,
};

/**
 * A trial of three replicas with one round each, whose logarithms are evenly
 * `spread` around `location`: their variance is the spread squared.
 */
export function sampleTrial(
  location: number,
  spread = 0.01,
  changes: Partial<CalibrationTrial> = {},
): CalibrationTrial {
  return {
    started: "2026-03-01T00:00:00.000Z",
    member: "plain",
    slowdown: 0,
    logRatios: [[location - spread], [location], [location + spread]],
    medianMs: [10, 10, 10],
    ...changes,
  };
}

export function sampleSubject(
  trials: CalibrationSubject["trials"],
  changes: Partial<CalibrationSubject> = {},
): CalibrationSubject {
  return { ...sampleCircumstances, trials, ...changes };
}

/** The settings of simulated trials, of which it is known what makes them differ. */
export interface SimulatedTrials {
  readonly trials: number;
  readonly replicas: number;
  readonly rounds: number;
  /** The standard deviations of logarithms. */
  readonly betweenRuns: number;
  readonly betweenReplicas: number;
  readonly betweenRounds: number;
}

/** Simulated trials, whose medians differ as their ratios do, without the rounds. */
export function simulateTrials(simulation: SimulatedTrials): CalibrationTrial[] {
  const { trials, replicas, rounds, betweenRuns, betweenReplicas, betweenRounds } = simulation;
  const normal = seededNormal(1);
  return Array.from({ length: trials }, () => {
    const ofRun = betweenRuns * normal();
    const ofReplicas = Array.from({ length: replicas }, () => ofRun + betweenReplicas * normal());
    return sampleTrial(0, 0, {
      logRatios: ofReplicas.map((own) =>
        Array.from({ length: rounds }, () => own + betweenRounds * normal()),
      ),
      medianMs: ofReplicas.map((own) => 10 * Math.exp(own)),
    });
  });
}

/** A number from the standard normal distribution, by the method of Box & Muller 1958. */
function seededNormal(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
