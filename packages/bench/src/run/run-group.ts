import type { Watch, OpenHosts } from "@sebench/hosts";
import {
  type AnswerTo,
  JobError,
  type JobProgress,
  type LabelledJob,
  type OracleJob,
} from "@sebench/jobs";
import type { CaseMeasurement, Roofline } from "@sebench/measure";
import type { PairDescription, RunWeights } from "@sebench/pairs";
import type { CalibrationRecord, CaseRecord, StartRecord } from "@sebench/results";
import type { Availability } from "@sebench/runtime";
import type { LabelledAnswers } from "../case/accuracy.ts";
import {
  type JobContext,
  measureJob,
  pairOf,
  rangesOf,
  secondsOf,
  timeoutOf,
} from "../case/case-job.ts";
import { failedCase, recordCase, toleranceFor, unavailableCase } from "../case/case-record.ts";
import type { MeasuredForms } from "../case/measured-forms.ts";
import type { OracleAnswers, RangeAnswers, Ranges, Rooflines } from "../case/shared-answers.ts";
import { type Starts, type StartsAsked, startsOf } from "../case/starts.ts";
import type { CasePlan } from "../plan/case-plan.ts";
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
  /** Called before cases that are measured together. */
  start(plans: readonly CasePlan[]): void;
  update(progress: JobProgress): void;
  /** Called with the records of the cases that were started, in their order. */
  end(records: readonly CaseRecord[]): void;
  /** Takes something that a person should know, in words. */
  note(text: string): void;
  /** Called last, also where the run was cut short. */
  close(): void;
}

/** What the groups of a run share. */
interface RunTools {
  readonly oracle: OracleAnswers;
  readonly ranges: RangeAnswers;
  readonly rooflines: Rooflines;
  readonly starts: Starts;
  /** The first pair of each runtime on each host. */
  readonly firstPairs: ReadonlySet<string>;
  readonly progress: RunObserver;
}

/** The longest that the oracle may take for a pair, in milliseconds. */
const oracleTimeoutMs = 30 * 60_000;

export const targetKey = ({ runtime, host }: CasePlan) => [runtime, host].join(" ");

export const pairKey = (plan: CasePlan) =>
  [targetKey(plan), plan.network, plan.imageSize].join(" ");

/**
 * Runs cases that differ in nothing but how SE is written, in one process or browser, and gives
 * their records, also where they fail; only an interrupt is thrown. Where the forms fail together,
 * each is run by itself, so that one that does not run takes no other with it.
 */
export async function runGroup(
  context: RunContext,
  plans: readonly CasePlan[],
  availability: Availability,
  tools: RunTools,
): Promise<CaseRecord[]> {
  const [plan] = plans as readonly [CasePlan];
  const lack = availability.ok ? availability.lacks?.[plan.precision] : availability;
  if (lack) return plans.map((each) => unavailableCase(each, lack));
  if (!availability.ok) return [];
  try {
    return await measureGroup(context, plans, availability, tools);
  } catch (error) {
    context.signal.throwIfAborted();
    if (plans.length === 1) return [failedCase(plan, error)];
    const reason = (error instanceof Error && error.message) || String(error);
    tools.progress.note(`${plan.network}: its forms failed together (${reason}); each runs alone`);
    const alone: CaseRecord[] = [];
    for (const each of plans) {
      alone.push(...(await runGroup(context, [each], availability, tools)));
    }
    return alone;
  }
}

async function measureGroup(
  context: RunContext,
  plans: readonly CasePlan[],
  availability: Extract<Availability, { ok: true }>,
  tools: RunTools,
): Promise<CaseRecord[]> {
  const [plan] = plans as readonly [CasePlan];
  const { oracle, ranges, progress } = tools;
  const { options, weights, hosts, signal } = context;
  const host = hosts.of(plan.host);
  const onProgress: Watch["onProgress"] = (event) => progress.update(event);
  const { source, origin } = await weights(plan);
  const pair = pairOf(plan, source);
  const labelled = planLabelled(plan, origin, context.profile);
  const oracleWatch = { ...watchFor(context, oracleTimeoutMs), onProgress };
  const answer = await oracle.of(pair, oracleWatch);
  const answers = labelled && (await askAboutLabelled(labelled, pair, oracle, oracleWatch));
  const seen: Ranges[] = [];
  for (const each of plans) seen.push(await rangesOf(each, pair, ranges, oracleWatch));
  const job = { ...measureJob(context, plans, pair, seen), labelled };
  const watch = { ...watchFor({ signal }, timeoutOf(plans, options, labelled)), onProgress };
  const began = performance.now();
  const measurements = await host.run(job, watch);
  const measured = { plans, measurements, wallMs: performance.now() - began };
  const short = tooShort(plans, measurements[0]!);
  if (short !== null) progress.note(short);
  const circumstances = {
    availability,
    hostVersion: host.version,
    hostStart: host.start,
    threads: options.threads,
    weights: origin,
    calibration: context.calibration,
    labelled: answers,
    roofline: plan.bounded ? await rooflineOf(context, plan, tools) : null,
    start: await startOf(
      context,
      { plan, pair, ranges: seen[0]!, host, oracle: answer },
      measurements[0]!,
      { tools, availability },
    ),
  };
  return plans.map((_, form) => recordForm(measured, form, answer, circumstances));
}

/** The share of its time that a case may take more without a word. */
const unnoticed = 1.5;

/**
 * The words that say that a case had too little time for the fewest replicas that it must have, or
 * null where it had enough.
 */
function tooShort(
  plans: readonly CasePlan[],
  { replicas, replicasMs }: CaseMeasurement,
): string | null {
  const [plan] = plans as readonly [CasePlan];
  const seconds = secondsOf(plans);
  if (replicas.length > plan.replicas.min || replicasMs < unnoticed * 1000 * seconds) return null;
  const gives =
    plan.replicas.min === 1 ? "which gives no interval" : "the fewest that give an interval";
  return (
    `${plan.network}: ${Number(seconds.toFixed(1))} s are too little for ` +
    `${formatCountOf(plan.replicas.min, "replica")} of ${formatCountOf(plan.pace.minRounds, "round")}, ${gives}; ` +
    `they took ${(replicasMs / 1000).toFixed(1)} s. --budget gives a case more`
  );
}

const formatCountOf = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Records one of the forms, which fails alone where its record cannot be made. */
function recordForm(
  measured: MeasuredForms,
  form: number,
  answer: AnswerTo<OracleJob>,
  circumstances: Parameters<typeof recordCase>[3],
): CaseRecord {
  try {
    return recordCase(measured, form, answer, circumstances);
  } catch (error) {
    return failedCase(measured.plans[form]!, error);
  }
}

/** Starts both members in fresh processes or browsers, once for all forms of the pair. */
function startOf(
  { options, profile, signal }: RunContext,
  asked: Pick<StartsAsked, "plan" | "pair" | "ranges" | "host" | "oracle">,
  { attestation }: CaseMeasurement,
  { tools, availability }: { readonly tools: RunTools; readonly availability: Availability },
): Promise<StartRecord> {
  const { plan } = asked;
  const tf32 = attestation.plain.tf32 || attestation.se.tf32;
  const tolerance = toleranceFor(plan.precision, { tf32 });
  const speed = speedOf(plan.runtime, availability);
  const isFirst = tools.firstPairs.has(pairKey(plan));
  const starts = startsOf(options.starts, profile.name, { speed, isFirst });
  const engine = engineOptionsOf(options);
  const onProgress: Watch["onProgress"] = (event) => tools.progress.update(event);
  const watch = { ...watchFor({ signal }, timeoutOf([plan], options)), onProgress };
  return tools.starts.of({ ...asked, engine, tolerance, starts }, watch);
}

/**
 * Measures how fast the case's runtime computes and reads, or gives null where that fails: the
 * case's figures are right without it.
 */
async function rooflineOf(
  context: RunContext,
  plan: CasePlan,
  { rooflines, progress }: RunTools,
): Promise<Roofline | null> {
  const { options, hosts } = context;
  const watch = watchFor(context, timeoutOf([plan], options));
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
