import { type CaseMeasurement, ratioOfForms } from "@sebench/measure";
import type { OkCase } from "@sebench/results";
import { secondsOf } from "./case-job.ts";
import type { CasePlan } from "../plan/case-plan.ts";

/** Forms of a pair that were measured in the same rounds. */
export interface MeasuredForms {
  readonly plans: readonly CasePlan[];
  /** The measurement of each plan's form. */
  readonly measurements: readonly CaseMeasurement[];
  /** The time from the start of their process or page to their answer. */
  readonly wallMs: number;
}

/** Compares a form with each other one that was measured in the same rounds. */
export function besideForms(
  { plans, measurements }: MeasuredForms,
  form: number,
): OkCase["besideForms"] {
  const own = measurements[form]!.replicas;
  return plans.flatMap(({ lowering }, other) => {
    if (other === form) return [];
    const gain = ratioOfForms(own, measurements[other]!.replicas);
    const { ratio, interval, replicas, within } = gain;
    return [{ lowering, ratio, interval, replicas, within }];
  });
}

/** The time that all forms took together, and the part of it in which runs were timed. */
export function timeOf({ measurements, wallMs }: MeasuredForms): OkCase["time"] {
  const [first] = measurements as readonly [CaseMeasurement];
  const samples = [
    first.replicas.map(({ members }) => members.plain.samplesMs),
    ...measurements.map(({ replicas }) => replicas.map(({ members }) => members.se.samplesMs)),
  ];
  const { replicasMs } = first;
  return { wallMs, replicasMs, timedMs: samples.flat(4).reduce((sum, ms) => sum + ms, 0) };
}

/** The share of its time that a case may take more without a word. */
const unnoticed = 1.5;

/**
 * The words that say that a case had too little time for the fewest replicas that it must have, or
 * null where it had enough.
 */
export function tooShort({ plans, measurements }: MeasuredForms): string | null {
  const [plan] = plans as readonly [CasePlan];
  const { replicas, replicasMs } = measurements[0]!;
  const seconds = secondsOf(plans);
  if (replicas.length > plan.replicas.min || replicasMs < unnoticed * 1000 * seconds) return null;
  const fewest = `${plan.replicas.min} of ${plan.pace.minRounds}`;
  return (
    `${plan.network}: ${Number(seconds.toFixed(1))} s are too little; the fewest replicas and ` +
    `rounds, ${fewest}, took ${(replicasMs / 1000).toFixed(1)} s. --budget gives a case more`
  );
}
