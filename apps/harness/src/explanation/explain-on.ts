import type { ExplanationMeasurement } from "@sebench/measure";
import { type CaseHost, JobError } from "../host.ts";
import type { ExplainJob } from "../job.ts";
import { type CasePlan, planCases, type ProbedTarget } from "../plan.ts";
import { type Profile, profiles } from "../profile.ts";
import { measureJob, pairOf } from "../run-cases.ts";
import type { RunOptions } from "../run-options.ts";
import { type PairWeights, seededRun, shippedRun } from "../run-weights.ts";
import { caseProgress } from "./case-progress.ts";

/** A case with what its measuring gave. */
export interface ExplainedCase {
  readonly plan: CasePlan;
  readonly weights: PairWeights;
  readonly measurement: ExplanationMeasurement;
}

/** As many replicas as `run` has at least, and at most so many: each takes four sessions. */
const mostReplicas = 12;

/** Time that a case takes beyond its budget at most where nobody says so, in seconds. */
const usualGrace = 600;

/** Measures the case on a host; where that fails, the error is a `JobError`. */
export async function explainOn(
  options: RunOptions,
  target: ProbedTarget,
  host: CaseHost,
  signal: AbortSignal,
): Promise<ExplainedCase> {
  const profile: Profile = { ...profiles.quick, bestKnown: [] };
  // The naive form comes before the tuned one.
  const plan = planCases([target], profile, options.selection).at(-1)!;
  const seed = options.seed ?? 1;
  const weightsOf = options.weights.kind === "seeded" ? seededRun(seed) : shippedRun(seed);
  const weights = await weightsOf(plan);
  const { labelled: _, ...job } = measureJob(
    { options, profile, seed },
    { ...plan, replicas: { min: plan.replicas.min, max: mostReplicas } },
    pairOf(plan, weights.source),
  );
  const seconds = options.timeoutSeconds ?? plan.seconds + usualGrace;
  const measurement = await host.explain({ ...job, kind: "explain" } satisfies ExplainJob, {
    signal,
    timeoutMs: 1000 * seconds,
    onProgress: caseProgress(),
  });
  requireProven(measurement);
  return { plan, weights, measurement };
}

function requireProven({ attestation }: ExplanationMeasurement): void {
  for (const { proven, reason } of Object.values(attestation)) {
    if (!proven) throw new JobError(`the device is not proven: ${reason}`);
  }
}
