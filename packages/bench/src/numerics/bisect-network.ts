import type { JobHost, OpenHosts, Watch } from "@sebench/hosts";
import { foldedForm, JobError, type NetworkMember, type NodesJob } from "@sebench/jobs";
import { type Member, toleranceFor } from "@sebench/measure";
import { imagesOf, lowerMember, type RunWeights } from "@sebench/pairs";
import type { BisectionRow } from "@sebench/report";
import { type CaseRecord, parityHolds } from "@sebench/results";
import type { Precision } from "@sebench/runtime";
import { formsOfPair, pairOf, proveJob, rangesOf, requireProven } from "../case/case-job.ts";
import { OracleAnswers, RangeAnswers } from "../case/shared-answers.ts";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";
import type { NetworkPlan, ProbedTarget } from "../plan/case-plan.ts";
import { defaultSeed, profiles } from "../plan/profile.ts";
import type { NetworkRun } from "../soak/soak-networks.ts";
import { findWrongOperator, type SearchWatch } from "./find-wrong-operator.ts";

/** One network on one runtime, before it is bisected. */
export type BisectionPlan = NetworkRun;

export interface BisectionContext extends SearchWatch {
  readonly options: RunOptions;
  readonly weights: RunWeights;
  readonly hosts: Pick<OpenHosts, "of">;
  readonly onProgress: Watch["onProgress"];
  /** Whether the errors of each block of SE are told, right or wrong. */
  wantsBlocks(precision: Precision): boolean;
}

/** The watch over questions to a runtime, each of which may take ten minutes without `--timeout`. */
export const watchOf = ({
  options: { timeoutSeconds },
  signal,
  onProgress,
}: Pick<BisectionContext, "options" | "signal" | "onProgress">): Watch => ({
  signal,
  onProgress,
  timeoutMs: 1000 * (timeoutSeconds ?? 600),
});

/**
 * Finds the node at which a network goes wrong on a runtime, on the image that is furthest from the
 * oracle.
 *
 * @throws JobError where the runtime is not available, gives no answer, or its device is not proven
 */
export async function bisectNetwork(
  context: BisectionContext,
  { plan, member, target }: BisectionPlan,
): Promise<BisectionRow> {
  const { options, hosts } = context;
  const { availability } = target;
  if (!availability.ok) {
    const { reason, remedy } = availability;
    throw new JobError(`${plan.runtime} is not available: ${reason}`, { remedy });
  }
  const host = hosts.of(plan.host);
  const watch = watchOf(context);
  const { source } = await context.weights(plan);
  const pair = pairOf(plan, source);
  const oracle = (await new OracleAnswers().of(pair, watch))[member];
  const ranges = await rangesOf(plan, pair, new RangeAnswers(), watch);
  const seed = options.seed ?? defaultSeed;
  const job = proveJob(
    { options, profile: profiles.quick, seed },
    [plan],
    formsOfPair([plan], pair, [ranges]),
  );
  const proof = (await host.run(job, watch)).proofs[member === "plain" ? 0 : 1]!;
  requireProven([proof.attestation]);
  const members = { kind: "networks", pair, member, lowering: plan.lowering } as const;
  const found = await findWrongOperator(
    {
      given: proof.logits,
      right: oracle.logits,
      classes: oracle.classes,
      tolerance: toleranceFor(plan.precision, proof.attestation),
    },
    {
      lowered: foldedForm(await lowerMember(pair, member, plan.lowering, plan.batch)),
      images: await imagesOf(pair),
      ask: (names, image) =>
        askNodes(host, { options, plan, members, nodes: { names, image, ranges } }, watch),
    },
    context.wantsBlocks(plan.precision),
    context,
  );
  return {
    ...subjectOf(plan, member),
    engineVersion: availability.version,
    hostVersion: host.version,
    ...found,
  };
}

function subjectOf(plan: BisectionPlan["plan"], member: Member) {
  const { runtime, host, imageSize, batch, precision, lowering } = plan;
  const network = member === "se" ? plan.network : plan.plain;
  return { runtime, host, network, imageSize, batch, precision, lowering };
}

interface NodesQuestion {
  readonly options: RunOptions;
  readonly plan: BisectionPlan["plan"];
  readonly members: NetworkMember;
  readonly nodes: Pick<NodesJob["nodes"], "names" | "image" | "ranges">;
}

function askNodes(
  host: JobHost,
  { options, plan: { runtime, batch, precision }, members, nodes }: NodesQuestion,
  watch: Watch,
): Promise<readonly Float32Array[]> {
  const job: NodesJob = {
    kind: "nodes",
    runtime,
    engine: engineOptionsOf(options),
    members,
    nodes: { ...nodes, batch, precision },
  };
  return host.run(job, watch);
}

/** The most time that a run spends on finding what is wrong with the forms of a case, in milliseconds. */
const patienceMs = 60_000;

/**
 * Adds the operator at which a case goes wrong to the records of those whose parity is lost. What is
 * not found within a minute for all of them is left out, with a note.
 *
 * @param plans the plan of each record
 */
export async function withWrongOperators(
  records: readonly CaseRecord[],
  plans: readonly NetworkPlan[],
  availability: ProbedTarget["availability"],
  {
    note,
    ...context
  }: Omit<BisectionContext, "onNode" | "wantsBlocks"> & { note(text: string): void },
): Promise<CaseRecord[]> {
  const named: CaseRecord[] = [];
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(patienceMs)]);
  for (const [form, record] of records.entries()) {
    const plan = plans[form]!;
    const isDone = record.status === "ok" || record.status === "untimed";
    if (!isDone || parityHolds(record)) {
      named.push(record);
      continue;
    }
    const member = record.parity.se.pass ? "plain" : "se";
    const quietly = { ...context, signal, onNode: () => {}, wantsBlocks: () => false };
    const target = { runtime: plan.runtime, host: plan.host, availability };
    try {
      const { wrong } = await bisectNetwork(quietly, { plan, member, target });
      const parity = { ...record.parity, ...(wrong && { wrong: { ...wrong, member } }) };
      named.push(Object.assign({}, record, { parity }));
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof JobError) && !signal.aborted) throw error;
      const reason = signal.aborted ? "a minute was too short" : (error as JobError).message;
      note(`the operator at which ${plan.id} goes wrong was not found: ${reason}`);
      named.push(record);
    }
  }
  return named;
}
