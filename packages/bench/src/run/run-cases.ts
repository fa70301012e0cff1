import { takeShard } from "@sebench/cli";
import type { Watch, OpenHosts } from "@sebench/hosts";
import { JobError, type JobProgress, type LabelledJob } from "@sebench/jobs";
import type { CaseMeasurement, Roofline } from "@sebench/measure";
import type { PairDescription, RunWeights } from "@sebench/pairs";
import type { CalibrationRecord, CaseRecord, RunRecord, StartRecord } from "@sebench/results";
import type { Availability } from "@sebench/runtime";
import type { LabelledAnswers } from "../case/accuracy.ts";
import { type JobContext, measureJob, pairOf, rangesOf, timeoutOf } from "../case/case-job.ts";
import {
  type CaseCircumstances,
  failedCase,
  recordCase,
  toleranceFor,
  unavailableCase,
} from "../case/case-record.ts";
import { OracleAnswers, RangeAnswers, Rooflines } from "../case/shared-answers.ts";
import { Starts, type StartsAsked, startsOf } from "../case/starts.ts";
import { Scenarios } from "../serving/scenarios.ts";
import { type CasePlan, planCases, type ProbedTarget } from "../plan/case-plan.ts";
import { allImagesOf, labelledAnswers, planLabelled } from "../plan/labelled-plan.ts";
import { engineOptionsOf } from "../plan/options.ts";
import { speedOf } from "../plan/profile.ts";

/** What the cases of a run have in common. */
export interface RunContext extends JobContext {
  readonly weights: RunWeights;
  /** The differences that the machine can tell, or null where the machine was not calibrated. */
  readonly calibration: CalibrationRecord | null;
  readonly hosts: OpenHosts;
  readonly signal: AbortSignal;
}

/** Who is told how far a run is. */
export interface RunObserver {
  start(plan: CasePlan): void;
  update(progress: JobProgress): void;
  end(plan: CasePlan, record: CaseRecord): void;
  /** Takes something that a person should know, in words. */
  note(text: string): void;
  /** Called last, also where the run was cut short. */
  close(): void;
}

/** The longest that the oracle may take for a pair, in milliseconds. */
const oracleTimeoutMs = 30 * 60_000;

/** The cases to run, in order. */
export function plannedCases(context: RunContext, targets: readonly ProbedTarget[]): CasePlan[] {
  const { options, profile } = context;
  const cases = planCases(targets, profile, options.selection);
  return options.shard === null ? cases : takeShard(cases, options.shard);
}

/** Where the records of a run's cases go: a file, or the memory of a program. */
export interface CaseStore {
  readonly record: Pick<RunRecord, "cases">;
  append(record: CaseRecord): Promise<void>;
}

/** Runs each case that the store does not have, and writes it at once. */
export async function runCases(
  context: RunContext,
  targets: readonly ProbedTarget[],
  cases: readonly CasePlan[],
  store: CaseStore,
  watch: (left: readonly CasePlan[]) => RunObserver,
): Promise<void> {
  const done = new Set(
    store.record.cases.filter(({ status }) => status === "ok").map(({ id }) => id),
  );
  const left = cases.filter(({ id }) => !done.has(id));
  const progress = watch(left);
  const oracle = new OracleAnswers();
  const ranges = new RangeAnswers();
  const rooflines = new Rooflines();
  const starts = new Starts();
  const scenarios = new Scenarios();
  const firsts = new Map(cases.toReversed().map((plan) => [targetKey(plan), pairKey(plan)]));
  const firstPairs = new Set(firsts.values());
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
        starts,
        scenarios,
        firstPairs,
        progress,
      });
      await store.append(record);
      progress.end(plan, record);
    }
  } finally {
    progress.close();
  }
}

const targetKey = ({ runtime, host }: CasePlan) => [runtime, host].join(" ");

const pairKey = (plan: CasePlan) => [targetKey(plan), plan.network, plan.imageSize].join(" ");

/** What is known of a case beside its measurement. */
type Known = Pick<StartsAsked, "plan" | "pair" | "ranges" | "host" | "oracle">;

interface CaseTools {
  readonly oracle: OracleAnswers;
  readonly ranges: RangeAnswers;
  readonly rooflines: Rooflines;
  readonly starts: Starts;
  readonly scenarios: Scenarios;
  /** The first pair of each runtime on each host. */
  readonly firstPairs: ReadonlySet<string>;
  readonly progress: RunObserver;
}

/** Runs a case and gives its record, also where the case fails; only an interrupt is thrown. */
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
    const measurement = await host.run(job, watch);
    const known = { plan, pair, ranges: seen, host, oracle: answer };
    return recordCase(plan, measurement, answer, {
      availability,
      hostVersion: host.version,
      hostStart: host.start,
      threads: options.threads,
      weights: origin,
      calibration: context.calibration,
      labelled: answers,
      roofline: plan.bounded ? await rooflineOf(context, plan, tools) : null,
      start: await startOf(context, known, measurement, { tools, availability }),
      ...(await servingOf(context, known, measurement, tools)),
    });
  } catch (error) {
    signal.throwIfAborted();
    return failedCase(plan, error);
  }
}

/** Measures the scenarios of a server, where they were asked for. */
async function servingOf(
  { options, seed, signal }: RunContext,
  known: Known,
  { attestation }: CaseMeasurement,
  { scenarios, progress }: CaseTools,
): Promise<Pick<CaseCircumstances, "serving">> {
  const { scenarios: request, selection } = options;
  if (request === undefined) return {};
  const { plan } = known;
  const tf32 = attestation.plain.tf32 || attestation.se.tf32;
  const tolerance = toleranceFor(plan.precision, { tf32 });
  const engine = engineOptionsOf(options);
  const onProgress: Watch["onProgress"] = (event) => progress.update(event);
  const watch = { ...watchFor({ signal }, timeoutOf(plan, options)), onProgress };
  const { batches } = selection;
  const asked = { ...known, engine, tolerance, request, batches, seed };
  return { serving: await scenarios.of(asked, watch) };
}

/** Starts both members in fresh processes or browsers, once for all forms of the pair. */
function startOf(
  { options, profile, signal }: RunContext,
  asked: Known,
  { attestation }: CaseMeasurement,
  { tools, availability }: { readonly tools: CaseTools; readonly availability: Availability },
): Promise<StartRecord> {
  const { plan } = asked;
  const tf32 = attestation.plain.tf32 || attestation.se.tf32;
  const tolerance = toleranceFor(plan.precision, { tf32 });
  const speed = speedOf(plan.runtime, availability);
  const isFirst = tools.firstPairs.has(pairKey(plan));
  const starts = startsOf(options.starts, profile.name, { speed, isFirst });
  const engine = engineOptionsOf(options);
  const onProgress: Watch["onProgress"] = (event) => tools.progress.update(event);
  const watch = { ...watchFor({ signal }, timeoutOf(plan, options)), onProgress };
  return tools.starts.of({ ...asked, engine, tolerance, starts }, watch);
}

/**
 * Measures how fast the case's runtime computes and reads, or gives null where that fails: the
 * case's figures are right without it.
 */
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

function watchFor({ signal }: Pick<RunContext, "signal">, timeoutMs: number): Watch {
  return { signal, timeoutMs, onProgress: () => {} };
}
