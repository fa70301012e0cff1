import type { Watch } from "@sebench/hosts";
import { JobError, type JobProgress, type LabelledJob } from "@sebench/jobs";
import {
  type CaseMeasurement,
  pairedForms,
  pairedProofs,
  type Roofline,
  toleranceFor,
} from "@sebench/measure";
import type { CaseRecord, StartRecord } from "@sebench/results";
import type { Availability } from "@sebench/runtime";
import type { LabelledAnswers } from "../case/accuracy.ts";
import { measureJob, proveJob, timeoutOf } from "../case/case-job.ts";
import {
  failedCase,
  type ProofCircumstances,
  recordAlone,
  recordUntimed,
  unavailableCase,
} from "../case/case-proof.ts";
import { recordCase, recordTimedAlone } from "../case/case-record.ts";
import { tooShort } from "../case/measured-forms.ts";
import type { OracleAnswers } from "../case/shared-answers.ts";
import { type StartsAsked, startsOf } from "../case/starts.ts";
import { lackOfModel } from "../models/plan-models.ts";
import { withWrongOperators } from "../numerics/bisect-network.ts";
import type { CasePlan, ModelPlan, NetworkPlan } from "../plan/case-plan.ts";
import { pairKey } from "../plan/pair-key.ts";
import { allImagesOf, labelledAnswers, planLabelled } from "../plan/labelled-plan.ts";
import { engineOptionsOf } from "../plan/options.ts";
import { probedSpeed } from "../plan/profile.ts";
import {
  oracleWatchOf,
  type ReadyGroup,
  readyGroup,
  readyModel,
  type ReadyNetworks,
  watchFor,
} from "./ready-group.ts";
import type { RunContext, RunTools } from "./run-context.ts";

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
  const lack = availability.lacks?.[plan.precision] ?? lackOfModel(plan);
  if (lack) return plans.map((each) => unavailableCase(each, lack));
  try {
    if (plan.model !== null && plan.model.plain === null) {
      return [await runAlone(context, plan, availability, tools)];
    }
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

/** Measures or proves a model that has no twin. */
async function runAlone(
  context: RunContext,
  plan: ModelPlan,
  availability: Extract<Availability, { ok: true }>,
  tools: RunTools,
): Promise<CaseRecord> {
  const ready = await readyModel(context, plan, oracleWatchOf(context, tools), tools);
  const { members, host, truth } = ready;
  const circumstances = circumstancesOf(context, ready, availability);
  const watch = watchOver(context, [plan], tools);
  if (plan.untimed === null) {
    const measured = await host.run(measureJob(context, [plan], members), watch);
    return recordTimedAlone(plan, measured, truth.se, circumstances);
  }
  const { proofs, members: took } = await host.run(proveJob(context, [plan], members), watch);
  const { parameters, macs } = truth.se;
  const member = { parameters, macs, ...took[0]! };
  return recordAlone(plan, proofs[0]!, truth.se, circumstances, member, null);
}

async function measureGroup(
  context: RunContext,
  plans: readonly CasePlan[],
  availability: Extract<Availability, { ok: true }>,
  tools: RunTools,
): Promise<CaseRecord[]> {
  const ready = await readyGroup(context, plans, tools);
  const { members, truth, networks, host } = ready;
  const labelled = networks && planLabelled(networks.plan, ready.origin, context.profile);
  const answers =
    labelled && (await askAboutLabelled(labelled, networks, tools.oracle, ready.oracleWatch));
  const job = { ...measureJob(context, plans, members), labelled };
  const began = performance.now();
  const measured = await host.run(job, watchOver(context, plans, tools, labelled));
  const measurements = pairedForms(measured);
  const forms = { plans, measurements, wallMs: performance.now() - began };
  const short = tooShort(forms);
  if (short !== null) tools.progress.note(short);
  const circumstances = {
    ...circumstancesOf(context, ready, availability),
    calibration: context.calibration,
    labelled: answers,
    roofline: networks?.plan.bounded ? await rooflineOf(context, networks.plan, tools) : null,
    start:
      networks === null
        ? noStarts
        : await startOf(context, networks, measurements[0]!, { tools, availability }),
  };
  const records = plans.map((each, form) =>
    recordForm(each, () => recordCase(forms, form, truth, circumstances)),
  );
  if (networks === null) return records;
  for (const [form, record] of records.entries()) {
    const known = { ...networks, plan: networks.plans[form]!, ranges: networks.allRanges[form]! };
    records[form] = await withServing(context, known, record, tools);
  }
  return withWrongOperators(records, networks.plans, availability, askingOf(context, tools));
}

/** Why a model's file has no fresh starts. */
const noStarts: StartRecord = {
  ok: false,
  reason: "fresh starts are measured of networks, and not of models' files yet",
  remedy: null,
};

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
  const { members, truth, host } = ready;
  const job = proveJob(context, plans, members);
  const proofs = pairedProofs(await host.run(job, watchOver(context, plans, tools)));
  const circumstances = circumstancesOf(context, ready, availability);
  if (context.options.starts !== null && context.options.starts > 0) {
    tools.progress.note(`no fresh starts of ${plans[0]!.network}, as it is not timed`);
  }
  const records = plans.map((plan, form) =>
    recordForm(plan, () => recordUntimed(plan, plan.untimed!, proofs[form]!, truth, circumstances)),
  );
  const { networks } = ready;
  return networks === null
    ? records
    : withWrongOperators(records, networks.plans, availability, askingOf(context, tools));
}

/** What it takes to ask runtimes for the values of nodes. */
const askingOf = (context: RunContext, { progress }: RunTools) => ({
  ...context,
  onProgress: (event: JobProgress) => progress.update(event),
  note: (text: string) => progress.note(text),
});

function circumstancesOf(
  { options }: RunContext,
  { host, origin, reference }: ReadyGroup,
  availability: Extract<Availability, { ok: true }>,
): ProofCircumstances {
  const { threads } = options;
  return {
    availability,
    hostVersion: host.version,
    hostStart: host.start,
    threads,
    weights: origin,
    reference,
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
  plan: NetworkPlan,
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
  { pair }: ReadyNetworks,
  oracle: OracleAnswers,
  watch: Watch,
): Promise<LabelledAnswers> {
  const answer = await oracle.of({ ...pair, images: allImagesOf(images.dataset) }, watch);
  return labelledAnswers(images, pair.imageSize, answer);
}
