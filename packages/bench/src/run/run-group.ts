import type { JobHost, Watch } from "@sebench/hosts";
import { type CaseMembers, JobError, type LabelledJob } from "@sebench/jobs";
import { type CaseMeasurement, pairedForms, pairedProofs, type Roofline } from "@sebench/measure";
import type { CaseRecord, StartRecord, WeightsOrigin } from "@sebench/results";
import type { Availability } from "@sebench/runtime";
import type { LabelledAnswers } from "../case/accuracy.ts";
import {
  formsOfPair,
  measureJob,
  pairOf,
  proveJob,
  rangesOf,
  timeoutOf,
} from "../case/case-job.ts";
import {
  failedCase,
  type PairTruth,
  type ProofCircumstances,
  recordUntimed,
  type Reference,
  toleranceFor,
  truthOf,
  unavailableCase,
} from "../case/case-proof.ts";
import { recordCase } from "../case/case-record.ts";
import { tooShort } from "../case/measured-forms.ts";
import type { OracleAnswers, Ranges } from "../case/shared-answers.ts";
import { type StartsAsked, startsOf } from "../case/starts.ts";
import { bothOf, filesOf } from "../models/model-truth.ts";
import { lackOfModel } from "../models/plan-models.ts";
import type { CasePlan, ModelPlan, NetworkPlan } from "../plan/case-plan.ts";
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
  const lack = availability.lacks?.[plan.precision] ?? lackOfModel(plan);
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
  return records;
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
  return plans.map((plan, form) =>
    recordForm(plan, () => recordUntimed(plan, plan.untimed!, proofs[form]!, truth, circumstances)),
  );
}

/** What must be at hand before a host is asked about the members of cases. */
interface ReadyGroup {
  readonly host: JobHost;
  readonly members: CaseMembers;
  readonly truth: PairTruth;
  readonly origin: WeightsOrigin;
  readonly reference: Reference;
  readonly oracleWatch: Watch;
  /** What is known of networks alone, or null of a model's file. */
  readonly networks: ReadyNetworks | null;
}

interface ReadyNetworks extends Pick<StartsAsked, "plan" | "pair" | "ranges" | "host" | "oracle"> {
  readonly plans: readonly NetworkPlan[];
  /** The ranges of each form. */
  readonly allRanges: readonly Ranges[];
}

async function readyGroup(
  context: RunContext,
  plans: readonly CasePlan[],
  tools: RunTools,
): Promise<ReadyGroup> {
  const onProgress: Watch["onProgress"] = (event) => tools.progress.update(event);
  const oracleWatch = { ...watchFor(context, oracleTimeoutMs), onProgress };
  const [plan] = plans as readonly [CasePlan];
  return plan.model === null
    ? readyNetworks(context, plans as readonly NetworkPlan[], oracleWatch, tools)
    : readyModel(context, plan, oracleWatch, tools);
}

async function readyNetworks(
  context: RunContext,
  plans: readonly NetworkPlan[],
  oracleWatch: Watch,
  tools: RunTools,
): Promise<ReadyGroup> {
  const [plan] = plans as readonly [NetworkPlan];
  const { source, origin } = await context.weights(plan);
  const pair = pairOf(plan, source);
  const oracle = await tools.oracle.of(pair, oracleWatch);
  const allRanges: Ranges[] = [];
  for (const each of plans) {
    allRanges.push(await rangesOf(each, pair, tools.ranges, oracleWatch));
  }
  const host = context.hosts.of(plan.host);
  return {
    host,
    members: formsOfPair(plans, pair, allRanges),
    truth: truthOf(oracle),
    origin,
    reference: "oracle",
    oracleWatch,
    networks: { plan, plans, pair, ranges: allRanges[0]!, allRanges, host, oracle },
  };
}

async function readyModel(
  context: RunContext,
  plan: ModelPlan,
  oracleWatch: Watch,
  { truths, progress }: RunTools,
): Promise<ReadyGroup> {
  const fed = context.models.find(({ model }) => model === plan.model)!;
  const found = await truths.of(fed, oracleWatch);
  const { name, se } = plan.model;
  if (found.still.length > 0) {
    progress.note(
      `${name}: ${found.still.join(", ")} hardly changes from input to input, so parity shows little there; ` +
        "give inputs of your own with --inputs or --images",
    );
  }
  return {
    host: context.hosts.of(plan.host),
    members: filesOf(fed),
    truth: bothOf(found)!,
    origin: { kind: "model", name, sha256: se.sha256 },
    reference: found.reference,
    oracleWatch,
    networks: null,
  };
}

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

function watchFor({ signal }: Pick<RunContext, "signal">, timeoutMs: number): Watch {
  return { signal, timeoutMs, onProgress: () => {} };
}
