import { takeShard } from "@sebench/cli";
import { members, type Roofline } from "@sebench/measure";
import type { Availability } from "@sebench/runtime";
import type { CalibrationRecord, CaseRecord, ResultStore } from "@sebench/results";
import type { LabelledAnswers } from "./accuracy.ts";
import { Rooflines } from "./bound/rooflines.ts";
import { describeOutcome, failedCase, recordCase, unavailableCase } from "./case-record.ts";
import { JobError, type Watch } from "./host.ts";
import type { OpenHosts } from "./hosts.ts";
import type { Answers, LabelledJob, MeasureJob, PairDescription, WeightsSource } from "./job.ts";
import { allImagesOf, labelledAnswers, planLabelled } from "./labelled-plan.ts";
import { OracleAnswers } from "./oracle-answers.ts";
import { type CasePlan, planCases, type ProbedTarget } from "./plan.ts";
import type { Profile } from "./profile.ts";
import { RunProgress } from "./progress.ts";
import { RangeAnswers } from "./range-answers.ts";
import { engineOptionsOf, type RunOptions } from "./run-options.ts";
import type { RunWeights } from "./run-weights.ts";

/** What the cases of a run have in common. */
export interface RunContext {
  readonly options: RunOptions;
  readonly profile: Profile;
  /** Of the order of visits. */
  readonly seed: number;
  readonly weights: RunWeights;
  /** Of the machine; null where it was not calibrated. */
  readonly calibration: CalibrationRecord | null;
  readonly hosts: OpenHosts;
  readonly signal: AbortSignal;
  readonly stream: NodeJS.WriteStream;
}

/** Longest that the oracle may take for a pair, in milliseconds. */
const oracleTimeoutMs = 30 * 60_000;

/**
 * After how many seconds a case is taken to hang. The fewest replicas and rounds
 * of a slow network may take several times its budget, and encoding, preparing,
 * parity and attestation come on top, and the time for labelled images.
 */
const defaultTimeout = (budgetSeconds: number, labelledSeconds: number) =>
  5 * budgetSeconds + 300 + labelledSeconds;

/** For as many labelled images as there are, where their time has no limit. */
const unlimitedSeconds = 30 * 60;

/** The cases to run, in order. */
export function plannedCases(context: RunContext, targets: readonly ProbedTarget[]): CasePlan[] {
  const { options, profile } = context;
  const cases = planCases(targets, profile, options.selection);
  return options.shard === null ? cases : takeShard(cases, options.shard);
}

/** Runs each case that the store does not have, and writes it at once. */
export async function runCases(
  context: RunContext,
  targets: readonly ProbedTarget[],
  cases: readonly CasePlan[],
  store: ResultStore,
): Promise<void> {
  const done = new Set(
    store.record.cases.filter(({ status }) => status === "ok").map(({ id }) => id),
  );
  const left = cases.filter(({ id }) => !done.has(id));
  const progress = new RunProgress(left, context.stream);
  const oracle = new OracleAnswers();
  const ranges = new RangeAnswers();
  const rooflines = new Rooflines();
  try {
    for (const plan of left) {
      const { availability } = targets.find(
        ({ runtime, host }) => runtime === plan.runtime && host === plan.host,
      )!;
      progress.start(plan);
      const record = await runCase(context, plan, availability, {
        oracle,
        ranges,
        rooflines,
        progress,
      });
      await store.append(record);
      progress.end(plan, describeOutcome(record));
    }
  } finally {
    progress.close();
  }
}

interface CaseTools {
  readonly oracle: OracleAnswers;
  readonly ranges: RangeAnswers;
  readonly rooflines: Rooflines;
  readonly progress: RunProgress;
}

/** A failure is a record; only an interrupt is thrown. */
async function runCase(
  context: RunContext,
  plan: CasePlan,
  availability: Availability,
  tools: CaseTools,
): Promise<CaseRecord> {
  if (!availability.ok) return unavailableCase(plan, availability);
  const lack = availability.lacks?.[plan.precision];
  if (lack) return unavailableCase(plan, lack);
  const { oracle, ranges, progress } = tools;
  const { options, weights, hosts, signal } = context;
  const host = hosts.of(plan.host);
  const onProgress: Watch["onProgress"] = (event) => progress.update(event);
  try {
    const { source, origin } = await weights(plan);
    const pair = pairOf(plan, source);
    const labelled = planLabelled(plan, origin, context.profile);
    const oracleWatch = { ...watchFor(context, oracleTimeoutMs), onProgress };
    const answer = await oracle.of(pair, oracleWatch);
    const answers = labelled && (await askAboutLabelled(labelled, pair, oracle, oracleWatch));
    const seen = await rangesOf(plan, pair, ranges, oracleWatch);
    const timeoutMs = timeoutOf(plan, options, labelled);
    const job = { ...measureJob(context, plan, pair, seen), labelled };
    const watch = { ...watchFor(context, timeoutMs), onProgress };
    const measurement = await host.measure(job, watch);
    return recordCase(plan, measurement, answer, {
      availability,
      hostVersion: host.version,
      threads: options.threads,
      weights: origin,
      calibration: context.calibration,
      labelled: answers,
      roofline: plan.bounded ? await rooflineOf(context, plan, tools) : null,
    });
  } catch (error) {
    signal.throwIfAborted();
    return failedCase(plan, error);
  }
}

/** Null where it cannot be measured: the case's figures are right without it. */
async function rooflineOf(
  context: RunContext,
  plan: CasePlan,
  { rooflines, progress }: CaseTools,
): Promise<Roofline | null> {
  const { options, hosts } = context;
  const watch = watchFor(context, timeoutOf(plan, options));
  try {
    return await rooflines.of(plan, hosts.of(plan.host), engineOptionsOf(options), watch);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof JobError)) throw error;
    progress.note(`no bound for ${plan.id}: ${error.message}`);
    return null;
  }
}

async function askAboutLabelled(
  { images }: LabelledJob,
  pair: PairDescription,
  oracle: OracleAnswers,
  watch: Watch,
): Promise<LabelledAnswers> {
  const answer = await oracle.of({ ...pair, images: allImagesOf(images.dataset) }, watch);
  return labelledAnswers(images, pair.imageSize, answer);
}

/** What int8 takes its scales from; nothing at other precisions. */
export async function rangesOf(
  { quantisation, lowering }: CasePlan,
  pair: PairDescription,
  ranges: RangeAnswers,
  watch: Watch,
): Promise<Answers["ranges"]> {
  if (quantisation === null) return {};
  const engine = { threads: null };
  return ranges.of({ engine, pair: { ...pair, images: quantisation }, lowering }, watch);
}

export function pairOf(
  { plain, network, imageSize, images }: CasePlan,
  weights: WeightsSource,
): PairDescription {
  return { networks: { plain, se: network }, imageSize, weights, images };
}

/** In milliseconds. */
export function timeoutOf(
  { seconds }: CasePlan,
  { timeoutSeconds }: RunOptions,
  labelled: LabelledJob | null = null,
): number {
  return (timeoutSeconds ?? defaultTimeout(seconds, secondsFor(labelled))) * 1000;
}

function secondsFor(labelled: LabelledJob | null): number {
  if (labelled === null) return 0;
  return labelled.budgetMs === null
    ? unlimitedSeconds
    : (members.length * labelled.budgetMs) / 1000;
}

/**
 * What a host is asked to measure for a case, or for a trial of one.
 *
 * @param ranges of both members, for int8
 */
export function measureJob(
  { options, profile, seed }: Pick<RunContext, "options" | "profile" | "seed">,
  plan: CasePlan,
  pair: PairDescription,
  ranges: Answers["ranges"] = {},
): MeasureJob {
  return {
    kind: "measure",
    runtime: plan.runtime,
    engine: engineOptionsOf(options),
    pair,
    lowering: plan.lowering,
    measure: {
      batch: plan.batch,
      precision: plan.precision,
      ranges,
      seed,
      budgetMs: plan.seconds * 1000,
      minReplicas: plan.replicas.min,
      maxReplicas: plan.replicas.max,
      targetHalfWidth: profile.precision,
      minRounds: plan.pace.minRounds,
      minRunsPerVisit: plan.pace.minRunsPerVisit,
    },
    labelled: null,
  };
}

function watchFor({ signal }: Pick<RunContext, "signal">, timeoutMs: number): Watch {
  return { signal, timeoutMs, onProgress: () => {} };
}
