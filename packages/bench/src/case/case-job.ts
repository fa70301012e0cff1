import type { Watch, OpenHosts } from "@sebench/hosts";
import {
  type CaseMembers,
  JobError,
  type LabelledJob,
  type MeasureJob,
  type ProveJob,
} from "@sebench/jobs";
import { latencySummary, mostReplicas, overheadEstimate, pairedForms } from "@sebench/measure";
import type { PairDescription, WeightsSource } from "@sebench/pairs";
import type { BoundedPair } from "@sebench/report";
import type { Attestation } from "@sebench/runtime";
import type { CasePlan, NetworkPlan } from "../plan/case-plan.ts";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";
import { type Profile, profiles } from "../plan/profile.ts";
import { type RangeAnswers, type Ranges, boundOf, type Rooflines } from "./shared-answers.ts";

/** What the jobs of a run have in common. */
export interface JobContext {
  readonly options: RunOptions;
  readonly profile: Profile;
  /** The seed of the order of visits. */
  readonly seed: number;
}

export function pairOf(
  { plain, network, imageSize, images }: NetworkPlan,
  weights: WeightsSource,
): PairDescription {
  return { networks: { plain, se: network }, imageSize, weights, images };
}

/**
 * The forms of a pair as the members of a job.
 *
 * @param plans the cases of the forms, at least one, which differ in nothing but how SE is written
 * @param ranges the ranges of the activations of each form's members, for int8
 */
export function formsOfPair(
  plans: readonly CasePlan[],
  pair: PairDescription,
  ranges: readonly Ranges[] = [],
): CaseMembers {
  const forms = plans.map(({ lowering }, form) => ({ lowering, ranges: ranges[form] ?? {} }));
  return { kind: "networks", pair, forms };
}

/**
 * The job by which a host measures the members of cases, or of a trial of a case.
 *
 * @param plans the cases, at least one, which share their members' rounds
 */
export function measureJob(
  { options, profile, seed }: JobContext,
  plans: readonly CasePlan[],
  members: CaseMembers,
): MeasureJob {
  const [plan] = plans as readonly [CasePlan];
  return {
    kind: "measure",
    runtime: plan.runtime,
    engine: engineOptionsOf(options),
    members,
    measure: {
      batch: plan.batch,
      // A file has its own precision, and what is imported of it is computed in fp32.
      precision: plan.model === null ? plan.precision : "fp32",
      seed,
      budgetMs: 1000 * secondsOf(plans),
      minReplicas: plan.replicas.min,
      maxReplicas: plan.replicas.max ?? mostReplicas,
      targetHalfWidth: profile.precision,
      minRounds: plan.pace.minRounds,
    },
    labelled: null,
  };
}

/** The job by which a host has the members of cases prove their device and their answers, untimed. */
export function proveJob(
  context: JobContext,
  plans: readonly CasePlan[],
  members: CaseMembers,
): ProveJob {
  const { runtime, engine, measure } = measureJob(context, plans, members);
  const { batch, precision } = measure;
  const asked = { batch, precision, seed: context.seed };
  return { kind: "prove", runtime, engine, members, measure: asked };
}

/** The time for the replicas of cases that are measured together, in seconds. */
export const secondsOf = (plans: readonly CasePlan[]) =>
  plans.reduce((sum, { seconds }) => sum + seconds, 0);

/** Gives the ranges from which int8 takes its scales, and nothing at other precisions. */
export async function rangesOf(
  { quantisation, lowering }: NetworkPlan,
  pair: PairDescription,
  ranges: RangeAnswers,
  watch: Watch,
): Promise<Ranges> {
  if (quantisation === null) return {};
  const engine = { threads: null };
  const { keep, ...images } = quantisation;
  const asked = { engine, pair: { ...pair, images }, lowering, ...(keep && { keep }) };
  return ranges.of(asked, watch);
}

/**
 * The seconds after which a case counts as hung. The fewest replicas and rounds of a slow network
 * may take several times its budget, and the time for encoding, preparing, parity, attestation and
 * labelled images comes on top.
 */
const defaultTimeout = (budgetSeconds: number, labelledSeconds: number) =>
  5 * budgetSeconds + 300 + labelledSeconds;

/** The time for all labelled images, in seconds, where that time has no limit. */
const unlimitedSeconds = 30 * 60;

/**
 * The time after which cases that are measured together are ended and count as failed, in
 * milliseconds.
 */
export function timeoutOf(
  plans: readonly CasePlan[],
  { timeoutSeconds }: RunOptions,
  labelled: LabelledJob | null = null,
): number {
  const members = plans.length + 1;
  const usual = defaultTimeout(secondsOf(plans), secondsFor(labelled, members));
  return (timeoutSeconds ?? usual) * 1000;
}

function secondsFor(labelled: LabelledJob | null, members: number): number {
  if (labelled === null) return 0;
  return labelled.budgetMs === null ? unlimitedSeconds : (members * labelled.budgetMs) / 1000;
}

/** Throws a `JobError` unless each attestation shows that the device did the work. */
export function requireProven(
  attestations: Iterable<Pick<Attestation, "proven" | "reason">>,
): void {
  for (const { proven, reason } of attestations) {
    if (!proven) throw new JobError(`the device is not proven: ${reason}`);
  }
}

/** What the pairs of `bench bound` have in common. */
export interface BoundContext extends Omit<JobContext, "profile"> {
  readonly hosts: OpenHosts;
  readonly signal: AbortSignal;
  readonly ranges: RangeAnswers;
  readonly rooflines: Rooflines;
}

/**
 * Measures a pair, and then, in a process or browser of its own, how fast the runtime computes and
 * reads. Throws a `JobError` where either measurement fails.
 */
export async function measureBound(context: BoundContext, plan: NetworkPlan): Promise<BoundedPair> {
  const { options, hosts, signal, seed } = context;
  const watch = { signal, timeoutMs: timeoutOf([plan], options), onProgress: () => {} };
  const pair = pairOf(plan, { kind: "seeded", seed });
  const ranges = await rangesOf(plan, pair, context.ranges, watch);
  const members = formsOfPair([plan], pair, [ranges]);
  const job = measureJob({ options, profile: profiles.quick, seed }, [plan], members);
  const host = hosts.of(plan.host);
  const [measured] = pairedForms(await host.run(job, watch));
  const { replicas, attestation } = measured!;
  requireProven(Object.values(attestation));
  const roofline = await context.rooflines.of(plan, host, engineOptionsOf(options), watch);
  const plainMs = latencySummary(replicas.map((replica) => replica.members.plain.samplesMs)).p50;
  const { ratio, interval } = overheadEstimate(replicas);
  const { runtime, network, imageSize, batch, lowering } = plan;
  const overhead = { ratio, interval };
  const bound = boundOf(plan, roofline, plainMs);
  return { runtime, network, imageSize, batch, lowering, plainMs, overhead, bound };
}
