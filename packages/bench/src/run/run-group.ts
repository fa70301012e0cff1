import type { JobHost, Watch } from "@sebench/hosts";
import { type AnswerTo, JobError, type LabelledJob, type OracleJob } from "@sebench/jobs";
import type { CaseMeasurement, Roofline } from "@sebench/measure";
import type { PairDescription } from "@sebench/pairs";
import type { CaseRecord, StartRecord, WeightsOrigin } from "@sebench/results";
import type { Availability } from "@sebench/runtime";
import type { LabelledAnswers } from "../case/accuracy.ts";
import { measureJob, pairOf, proveJob, rangesOf, timeoutOf } from "../case/case-job.ts";
import {
  failedCase,
  type ProofCircumstances,
  recordUntimed,
  toleranceFor,
  unavailableCase,
} from "../case/case-proof.ts";
import { recordCase } from "../case/case-record.ts";
import { tooShort } from "../case/measured-forms.ts";
import type { OracleAnswers, Ranges } from "../case/shared-answers.ts";
import { type StartsAsked, startsOf } from "../case/starts.ts";
import type { CasePlan } from "../plan/case-plan.ts";
import { pairKey } from "../plan/pair-key.ts";
import { allImagesOf, labelledAnswers, planLabelled } from "../plan/labelled-plan.ts";
import { engineOptionsOf } from "../plan/options.ts";
import { probedSpeed } from "../plan/profile.ts";
import type { RunContext, RunTools } from "./run-context.ts";

/** The longest that the oracle may take for a pair, in milliseconds. */
const oracleTimeoutMs = 30 * 60_000;

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
  if (!availability.ok) return plans.map((each) => unavailableCase(each, availability));
  const lack = availability.lacks?.[plan.precision];
  if (lack) return plans.map((each) => unavailableCase(each, lack));
  try {
    const group = plan.untimed === null ? measureGroup : proveGroup;
    return await group(context, plans, availability, tools);
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
  const ready = await readyGroup(context, plans, tools);
  const { pair, oracle, ranges, origin, host, oracleWatch } = ready;
  const labelled = planLabelled(plan, origin, context.profile);
  const answers = labelled && (await askAboutLabelled(labelled, pair, tools.oracle, oracleWatch));
  const job = { ...measureJob(context, plans, pair, ranges), labelled };
  const began = performance.now();
  const measurements = await host.run(job, watchOver(context, plans, tools, labelled));
  const measured = { plans, measurements, wallMs: performance.now() - began };
  const short = tooShort(measured);
  if (short !== null) tools.progress.note(short);
  const circumstances = {
    ...circumstancesOf(context, ready, availability),
    calibration: context.calibration,
    labelled: answers,
    roofline: plan.bounded ? await rooflineOf(context, plan, tools) : null,
    start: await startOf(
      context,
      { plan, pair, ranges: ranges[0]!, host, oracle },
      measurements[0]!,
      { tools, availability },
    ),
  };
  const records = plans.map((each, form) =>
    recordForm(each, () => recordCase(measured, form, oracle, circumstances)),
  );
  for (const [form, record] of records.entries()) {
    const known = { plan: plans[form]!, pair, ranges: ranges[form]!, host, oracle };
    records[form] = await withServing(context, known, record, tools);
  }
  return records;
}

/** Adds the scenarios of a server to a case that ran, where they were asked for. */
async function withServing(
  { options, seed, signal }: RunContext,
  known: Pick<StartsAsked, "plan" | "pair" | "ranges" | "host" | "oracle">,
  record: CaseRecord,
  { scenarios, progress }: RunTools,
): Promise<CaseRecord> {
  const { scenarios: request, selection } = options;
  if (request === undefined || record.status !== "ok") return record;
  const engine = engineOptionsOf(options);
  const { tolerance } = record.parity;
  const onProgress: Watch["onProgress"] = (event) => progress.update(event);
  const watch = { ...watchFor({ signal }, timeoutOf([known.plan], options)), onProgress };
  const asked = { ...known, engine, tolerance, request, batches: selection.batches, seed };
  return { ...record, serving: await scenarios.of(asked, watch) };
}

/** Has cases prove their device and their logits, and times nothing. */
async function proveGroup(
  context: RunContext,
  plans: readonly CasePlan[],
  availability: Extract<Availability, { ok: true }>,
  tools: RunTools,
): Promise<CaseRecord[]> {
  const ready = await readyGroup(context, plans, tools);
  const { pair, oracle, ranges, host } = ready;
  const job = proveJob(context, plans, pair, ranges);
  const proofs = await host.run(job, watchOver(context, plans, tools));
  const circumstances = circumstancesOf(context, ready, availability);
  if (context.options.starts !== null && context.options.starts > 0) {
    tools.progress.note(`no fresh starts of ${plans[0]!.network}, as it is not timed`);
  }
  return plans.map((plan, form) =>
    recordForm(plan, () =>
      recordUntimed(plan, plan.untimed!, proofs[form]!, oracle, circumstances),
    ),
  );
}

/** What must be at hand before a host is asked about forms of a pair. */
interface ReadyGroup {
  readonly host: JobHost;
  readonly pair: PairDescription;
  readonly origin: WeightsOrigin;
  readonly oracle: AnswerTo<OracleJob>;
  /** The ranges of each form. */
  readonly ranges: readonly Ranges[];
  readonly oracleWatch: Watch;
}

async function readyGroup(
  context: RunContext,
  plans: readonly CasePlan[],
  { oracle, ranges, progress }: RunTools,
): Promise<ReadyGroup> {
  const [plan] = plans as readonly [CasePlan];
  const { source, origin } = await context.weights(plan);
  const pair = pairOf(plan, source);
  const onProgress: Watch["onProgress"] = (event) => progress.update(event);
  const oracleWatch = { ...watchFor(context, oracleTimeoutMs), onProgress };
  const answer = await oracle.of(pair, oracleWatch);
  const seen: Ranges[] = [];
  for (const each of plans) seen.push(await rangesOf(each, pair, ranges, oracleWatch));
  const host = context.hosts.of(plan.host);
  return { host, pair, origin, oracle: answer, ranges: seen, oracleWatch };
}

function circumstancesOf(
  { options }: RunContext,
  { host, origin }: ReadyGroup,
  availability: Extract<Availability, { ok: true }>,
): ProofCircumstances {
  const { threads } = options;
  return {
    availability,
    hostVersion: host.version,
    hostStart: host.start,
    threads,
    weights: origin,
  };
}

function watchOver(
  context: RunContext,
  plans: readonly CasePlan[],
  { progress }: RunTools,
  labelled: LabelledJob | null = null,
): Watch {
  const onProgress: Watch["onProgress"] = (event) => progress.update(event);
  return { ...watchFor(context, timeoutOf(plans, context.options, labelled)), onProgress };
}

/** Records one of the forms, which fails alone where its record cannot be made. */
function recordForm(plan: CasePlan, record: () => CaseRecord): CaseRecord {
  try {
    return record();
  } catch (error) {
    return failedCase(plan, error);
  }
}

/** Starts both members in fresh processes or browsers, once for all forms of the pair. */
function startOf(
  context: RunContext,
  asked: Pick<StartsAsked, "plan" | "pair" | "ranges" | "host" | "oracle">,
  { attestation }: CaseMeasurement,
  { tools, availability }: { readonly tools: RunTools; readonly availability: Availability },
): Promise<StartRecord> {
  const { plan } = asked;
  const { options, profile } = context;
  const tf32 = attestation.plain.tf32 || attestation.se.tf32;
  const tolerance = toleranceFor(plan.precision, { tf32 });
  const speed = probedSpeed(plan.runtime, availability);
  const isStarted = tools.startedPairs.has(pairKey(plan));
  const starts = startsOf(options.starts, profile.name, { speed, isStarted });
  const engine = engineOptionsOf(options);
  const watch = watchOver(context, [plan], tools);
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
