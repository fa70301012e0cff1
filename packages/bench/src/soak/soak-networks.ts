import type { JobHost, OpenHosts, Watch } from "@sebench/hosts";
import { JobError, type OracleAnswer, type SoakJob } from "@sebench/jobs";
import {
  latencyDrift,
  type Member,
  memoryGrowth,
  runWindows,
  type SoakMeasurement,
  toleranceFor,
  compareLogits,
} from "@sebench/measure";
import { seededRun, shippedRun } from "@sebench/pairs";
import { type Soaked, type SoakRecord, type SoakRow } from "@sebench/results";
import { soakVersion } from "@sebench/results";
import { parseNetworkName, seName } from "@sebench/spec";
import { pairOf, rangesOf, requireProven } from "../case/case-job.ts";
import { OracleAnswers, RangeAnswers } from "../case/shared-answers.ts";
import type { FedModel } from "../models/feed-models.ts";
import { ModelTruths } from "../models/model-truth.ts";
import { lackOfModel, planModels } from "../models/plan-models.ts";
import {
  type CasePlan,
  type NetworkPlan,
  planCases,
  type ProbedTarget,
} from "../plan/case-plan.ts";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";
import { defaultSeed, profiles } from "../plan/profile.ts";
import { originOf } from "../run/provenance.ts";

/** The checked flags of a soak. */
export interface SoakChoice {
  readonly options: RunOptions;
  /** The runs of each session. */
  readonly runs: number;
  /** The growth of the memory, in bytes a run, that counts as a leak where it is beyond doubt. */
  readonly mostGrowth: number;
}

/** One network on one runtime, before it has run. */
export interface NetworkRun {
  readonly plan: NetworkPlan;
  readonly member: Member;
  readonly target: ProbedTarget;
}

/** One network or one model's file on one runtime, before it has run. */
export interface SoakPlan extends Omit<NetworkRun, "plan"> {
  readonly plan: CasePlan;
  /** The model's file that runs, or null where a network does. */
  readonly fed: FedModel | null;
}

export interface SoakContext extends SoakChoice {
  readonly hosts: Pick<OpenHosts, "of">;
  readonly signal: AbortSignal;
  readonly onProgress: Watch["onProgress"];
}

/** The networks that are soaked where none is named. */
const usualNetworks = ["se-resnet8"];

/** The most time that a soak takes where `--timeout` is not given, in seconds. */
const usualSeconds = 3600;

/**
 * Plans a session for each model's file and each network that was named, of the member with SE or the
 * plain one.
 */
export function planSoak(
  { options }: { readonly options: Pick<RunOptions, "selection"> },
  targets: readonly ProbedTarget[],
  models: readonly FedModel[] = [],
): SoakPlan[] {
  const { selection } = options;
  const ofModels = targets.flatMap((target) =>
    models.map((fed): SoakPlan => {
      const [plan] = planModels([target], profiles.quick, [fed], null);
      return { plan: plan!, member: "se", target, fed };
    }),
  );
  const hasNetworks = models.length === 0 || selection.networks !== null;
  if (!hasNetworks) return ofModels;
  const ofNetworks = planNetworks(options, targets).map((run) => Object.assign(run, { fed: null }));
  return [...ofModels, ...ofNetworks];
}

/** Plans a run of each network that was named, of the member with SE or the plain one. */
export function planNetworks(
  options: Pick<RunOptions, "selection">,
  targets: readonly ProbedTarget[],
): NetworkRun[] {
  const asked = options.selection.networks ?? usualNetworks;
  const named = new Set(
    asked.map((name) =>
      parseNetworkName(name).se === null ? `plain ${seName(name)}` : `se ${name}`,
    ),
  );
  const profile = { ...profiles.quick, bestKnown: [] };
  const selection = { ...options.selection, networks: asked };
  return targets.flatMap((target) =>
    planCases([target], profile, selection).flatMap((plan) =>
      (["plain", "se"] as const).flatMap((member) =>
        named.has(`${member} ${plan.network}`)
          ? [{ plan: withTwoBatches(plan), member, target }]
          : [],
      ),
    ),
  );
}

/** The plan with images for two batches at least, so that an answer of the run before is seen. */
function withTwoBatches(plan: NetworkPlan): NetworkPlan {
  const count = Math.max(plan.images.count, 2 * plan.batch);
  return { ...plan, images: { ...plan.images, count } };
}

/** What the sessions of a soak share. */
export class Soak {
  readonly #oracle = new OracleAnswers();
  readonly #ranges = new RangeAnswers();
  readonly #truths = new ModelTruths();
  readonly #context: SoakContext;

  constructor(context: SoakContext) {
    this.#context = context;
  }

  /** Soaks one network and gives its row, also where that fails; only an interrupt is thrown. */
  async row(soaking: SoakPlan): Promise<SoakRow> {
    const { plan, member, target, fed } = soaking;
    const subject = subjectOf(plan, member);
    const { availability } = target;
    if (!availability.ok) {
      const { reason, remedy } = availability;
      return { ...subject, status: "unavailable", reason, remedy };
    }
    const lack = lackOfModel(plan);
    if (lack !== null) return { ...subject, status: "unavailable", ...lack };
    const host = this.#context.hosts.of(plan.host);
    const versions = { engineVersion: availability.version, hostVersion: host.version };
    let lastRun: number | null = null;
    const onProgress: Watch["onProgress"] = (progress) => {
      if (progress.phase === "soak") lastRun = progress.done;
      this.#context.onProgress(progress);
    };
    try {
      const { measurement, oracle, tolerance } = await this.#measure(soaking, host, onProgress);
      // The whole of a model's output counts as one image's logits.
      const batch = fed === null ? plan.batch : 1;
      const soaked = describeSoak(measurement, oracle, { plan: { batch }, tolerance });
      const { died, attestation } = measurement;
      if (died !== null) {
        const diedAt = { run: died.run, exact: true };
        const { reason } = died;
        return { ...subject, ...versions, status: "died", diedAt, reason, remedy: null, soaked };
      }
      requireProven([attestation!]);
      const proven = { ...attestation!, proven: true, reason: null } as const;
      return { ...subject, ...versions, status: "ok", attestation: proven, soaked };
    } catch (error) {
      this.#context.signal.throwIfAborted();
      const reason = (error instanceof Error && error.message) || String(error);
      const remedy = error instanceof JobError ? error.remedy : null;
      if (lastRun === null) return { ...subject, status: "failed", reason, remedy };
      const diedAt = { run: lastRun, exact: false };
      return { ...subject, ...versions, status: "died", diedAt, reason, remedy, soaked: null };
    }
  }

  async #measure(soaking: SoakPlan, host: JobHost, onProgress: Watch["onProgress"]) {
    const { options, runs, signal } = this.#context;
    const { plan, fed } = soaking;
    const timeoutMs = 1000 * (options.timeoutSeconds ?? usualSeconds);
    const watch = { signal, timeoutMs, onProgress };
    const { oracle, members, precision, ranges } =
      plan.model === null
        ? await this.#network(plan, soaking.member, watch)
        : await this.#model(fed!, watch);
    const tolerance = toleranceFor(plan.precision, { tf32: false });
    const soak = { batch: plan.batch, precision, ranges, runs, tolerance };
    const engine = engineOptionsOf(options);
    const job: SoakJob = { kind: "soak", runtime: plan.runtime, engine, members, soak };
    const measurement = await host.run(job, watch);
    const tf32 = measurement.attestation?.tf32 ?? false;
    return { measurement, oracle, tolerance: toleranceFor(plan.precision, { tf32 }) };
  }

  async #network(plan: NetworkPlan, member: Member, watch: Watch): Promise<ReadySoak> {
    const { options } = this.#context;
    const seed = options.seed ?? defaultSeed;
    const weightsOf = options.weights.kind === "seeded" ? seededRun(seed) : shippedRun(seed);
    const { source } = await weightsOf(plan);
    const pair = pairOf(plan, source);
    return {
      oracle: (await this.#oracle.of(pair, watch))[member],
      members: { kind: "networks", pair, member, lowering: plan.lowering },
      precision: plan.precision,
      ranges: await rangesOf(plan, pair, this.#ranges, watch),
    };
  }

  async #model(fed: FedModel, watch: Watch): Promise<ReadySoak> {
    const { floats } = await this.#truths.of(fed, watch);
    const { se } = fed.model;
    return {
      oracle: floats,
      members: { kind: "files", files: [se.file], inputs: fed.given.path },
      // A file has its own precision.
      precision: "fp32",
      ranges: {},
    };
  }
}

/** What must be at hand before a session is soaked. */
interface ReadySoak extends Pick<SoakJob, "members"> {
  readonly oracle: Pick<OracleAnswer, "logits" | "classes">;
  readonly precision: SoakJob["soak"]["precision"];
  readonly ranges: Awaited<ReturnType<typeof rangesOf>>;
}

function subjectOf(plan: CasePlan, member: Member) {
  const { runtime, host, imageSize, batch, precision, lowering } = plan;
  const network = member === "se" ? plan.network : plan.plain;
  return { runtime, host, network, imageSize, batch, precision, lowering };
}

/** Compares the checkpoints with the oracle, and joins the runs and the memory to trends. */
export function describeSoak(
  { runsMs, checkpoints, memory, changedAt }: SoakMeasurement,
  { logits: expected, classes }: Pick<OracleAnswer, "logits" | "classes">,
  { plan, tolerance }: { readonly plan: Pick<NetworkPlan, "batch">; readonly tolerance: number },
): Soaked {
  const windows = runsMs.length === 0 ? [] : runWindows(runsMs);
  const { firstMs, lastMs, ratio, interval } =
    windows.length === 0
      ? { firstMs: 0, lastMs: 0, ratio: null, interval: null }
      : latencyDrift(windows);
  const length = plan.batch * classes;
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    runs: runsMs.length,
    parity: {
      tolerance,
      checkpoints: checkpoints.map(({ run, batch, logits }) => {
        const own = expected.subarray(batch * length, (batch + 1) * length);
        const parity = compareLogits(logits, own, { classes, tolerance });
        const { maxAbs, relative, top1Agreement, images, pass } = parity;
        return {
          run,
          maxAbs: finite(maxAbs),
          relative: finite(relative),
          top1Agreement,
          images,
          pass,
        };
      }),
    },
    changedAt,
    latency:
      windows.length === 0
        ? null
        : {
            windows,
            firstMs,
            lastMs,
            drift: ratio === null ? null : { ratio, interval: interval! },
          },
    memory: { readings: memory, growth: growthOf(memory, runsMs.length) },
  };
}

/** The growth of the proportional set size where the system tells it, and else of what is resident. */
function growthOf(readings: SoakMeasurement["memory"], runs: number): Soaked["memory"]["growth"] {
  const proportional = readings.flatMap(({ run, proportionalBytes: bytes }) =>
    bytes === null ? [] : [{ run, bytes }],
  );
  const isTold = proportional.length === readings.length;
  const points = isTold
    ? proportional
    : readings.map(({ run, residentBytes: bytes }) => ({ run, bytes }));
  const line = memoryGrowth(points, runs);
  const of = isTold ? ("proportional" as const) : ("resident" as const);
  return line && { bytesPerRun: line.slope, interval: line.interval, of };
}

/** Joins the rows of a soak to its record. */
export async function soakRecordOf(
  { options, runs, mostGrowth }: SoakChoice,
  rows: readonly SoakRow[],
  started: string,
): Promise<SoakRecord> {
  return {
    schema: soakVersion,
    ...(await originOf(started)),
    runs,
    threads: options.threads,
    seed: options.seed ?? defaultSeed,
    mostGrowth,
    rows: [...rows],
  };
}
