import type { JobHost, Watch } from "@sebench/hosts";
import type { ExplainJob } from "@sebench/jobs";
import { lower } from "@sebench/lowering";
import { type ExplanationMeasurement, attribute, type Member } from "@sebench/measure";
import { type PairWeights, seededRun, shippedRun, buildMember } from "@sebench/pairs";
import { describeMachine, type ExplanationRecord, explanationVersion } from "@sebench/results";
import { contentHash } from "@sebench/weights";
import { formsOfPair, measureJob, pairOf, requireProven } from "../case/case-job.ts";
import { type NetworkPlan, planCases, type ProbedTarget } from "../plan/case-plan.ts";
import type { RunOptions } from "../plan/options.ts";
import { type Profile, profiles } from "../plan/profile.ts";
import { provenance } from "../run/provenance.ts";
import type { Subject } from "../run/subject.ts";

/** A case with what its measuring gave. */
export interface ExplainedCase {
  readonly plan: NetworkPlan;
  readonly weights: PairWeights;
  readonly measurement: ExplanationMeasurement;
}

/** The most replicas, since each takes four sessions. The least is that of `run`. */
const mostReplicas = 12;

/** The most time that a case takes beyond its budget where `--timeout` is not given, in seconds. */
const usualGrace = 600;

/** Measures a case with the engine's profiler on a host. Throws a `JobError` where that fails. */
export async function explainOn(
  options: RunOptions,
  target: ProbedTarget,
  host: JobHost,
  { signal, onProgress }: Pick<Watch, "signal" | "onProgress">,
): Promise<ExplainedCase> {
  const profile: Profile = { ...profiles.quick, bestKnown: [] };
  // The last plan is the tuned one where there is one, since the naive form comes first.
  const plan = planCases([target], profile, options.selection).at(-1)!;
  const seed = options.seed ?? 1;
  const weightsOf = options.weights.kind === "seeded" ? seededRun(seed) : shippedRun(seed);
  const weights = await weightsOf(plan);
  const { labelled: _, ...job } = measureJob(
    { options, profile, seed },
    [{ ...plan, replicas: { min: plan.replicas.min, max: mostReplicas } }],
    formsOfPair([plan], pairOf(plan, weights.source)),
  );
  const seconds = options.timeoutSeconds ?? plan.seconds + usualGrace;
  const measurement = await host.run({ ...job, kind: "explain" } satisfies ExplainJob, {
    signal,
    timeoutMs: 1000 * seconds,
    onProgress,
  });
  requireProven(Object.values(measurement.attestation));
  return { plan, weights, measurement };
}

export async function describeExplanation(
  explained: ExplainedCase,
  answering: Subject["answering"],
  started: string,
): Promise<ExplanationRecord> {
  const { plan, weights, measurement } = explained;
  const { replicas, attestation } = measurement;
  const plain = await runMember(explained, "plain");
  const se = await runMember(explained, "se");
  const { overhead, ...attribution } = attribute(replicas, {
    plain: plain.network,
    se: se.network,
  });
  const proven = (member: Member) =>
    ({ ...attestation[member], proven: true, reason: null }) as const;
  const runs = (member: Member) =>
    replicas.reduce((sum, { profiles: own }) => sum + own[member].runs, 0);
  return {
    schema: explanationVersion,
    run: { started, finished: new Date().toISOString(), ...(await provenance()) },
    machine: await describeMachine(),
    ...answering,
    network: plan.network,
    plain: plan.plain,
    imageSize: plan.imageSize,
    batch: plan.batch,
    precision: "fp32",
    lowering: plan.lowering,
    weights: { ...weights.origin, hash: { plain: plain.hash, se: se.hash } },
    attestation: { plain: proven("plain"), se: proven("se") },
    replicas: replicas.length,
    runs: { plain: runs("plain"), se: runs("se") },
    ...attribution,
    overhead: { ratio: overhead.ratio, interval: overhead.interval },
  };
}

/** The network of a member as it was run, and the hash of the weights that it was made of. */
async function runMember({ plan, weights }: ExplainedCase, member: Member) {
  const built = await buildMember(pairOf(plan, weights.source), member);
  const { network } = lower(built.network, built.weights, plan.lowering, plan);
  return { network, hash: await contentHash(built.weights) };
}
