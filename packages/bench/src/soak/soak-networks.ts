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
import { type PairDescription, seededRun, shippedRun } from "@sebench/pairs";
import { describeMachine, type Soaked, type SoakRecord, type SoakRow } from "@sebench/results";
import { soakVersion } from "@sebench/results";
import { parseNetworkName, seName } from "@sebench/spec";
import { pairOf, rangesOf, requireProven } from "../case/case-job.ts";
import { OracleAnswers, RangeAnswers } from "../case/shared-answers.ts";
import { type NetworkPlan, planCases, type ProbedTarget } from "../plan/case-plan.ts";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";
import { defaultSeed, profiles } from "../plan/profile.ts";
import { provenance } from "../run/provenance.ts";

/** The checked flags of a soak. */
export interface SoakChoice {
  readonly options: RunOptions;
  /** The runs of each session. */
  readonly runs: number;
  /** The growth of the memory, in bytes a run, that counts as a leak where it is beyond doubt. */
  readonly mostGrowth: number;
}

/** One network on one runtime, before it has run. */
export interface SoakPlan {
  readonly plan: NetworkPlan;
  readonly member: Member;
  readonly target: ProbedTarget;
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

/** Plans a session for each network that was named, of the member with SE or the plain one. */
export function planSoak(
  { options }: { readonly options: Pick<RunOptions, "selection"> },
  targets: readonly ProbedTarget[],
): SoakPlan[] {
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
  readonly #context: SoakContext;

  constructor(context: SoakContext) {
    this.#context = context;
  }

  /** Soaks one network and gives its row, also where that fails; only an interrupt is thrown. */
  async row({ plan, member, target }: SoakPlan): Promise<SoakRow> {
    const subject = subjectOf(plan, member);
    const { availability } = target;
    if (!availability.ok) {
      const { reason, remedy } = availability;
      return { ...subject, status: "unavailable", reason, remedy };
    }
    const host = this.#context.hosts.of(plan.host);
    const versions = { engineVersion: availability.version, hostVersion: host.version };
    let lastRun: number | null = null;
    const onProgress: Watch["onProgress"] = (progress) => {
      if (progress.phase === "soak") lastRun = progress.done;
      this.#context.onProgress(progress);
    };
    try {
      const { measurement, oracle, tolerance } = await this.#measure(
        plan,
        member,
        host,
        onProgress,
      );
      const soaked = describeSoak(measurement, oracle, { plan, tolerance });
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

  async #measure(
    plan: NetworkPlan,
    member: Member,
    host: JobHost,
    onProgress: Watch["onProgress"],
  ) {
    const { options, runs, signal } = this.#context;
    const seed = options.seed ?? defaultSeed;
    const weightsOf = options.weights.kind === "seeded" ? seededRun(seed) : shippedRun(seed);
    const { source } = await weightsOf(plan);
    const pair = pairOf(plan, source);
    const timeoutMs = 1000 * (options.timeoutSeconds ?? usualSeconds);
    const watch = { signal, timeoutMs, onProgress };
    const oracle = (await this.#oracle.of(pair, watch))[member];
    const ranges = await rangesOf(plan, pair, this.#ranges, watch);
    const tolerance = toleranceFor(plan.precision, { tf32: false });
    const soak = { batch: plan.batch, precision: plan.precision, ranges, runs, tolerance };
    const measurement = await host.run(soakJob(options, plan, member, pair, soak), watch);
    const tf32 = measurement.attestation?.tf32 ?? false;
    return { measurement, oracle, tolerance: toleranceFor(plan.precision, { tf32 }) };
  }
}

function soakJob(
  options: RunOptions,
  { runtime, lowering }: NetworkPlan,
  member: Member,
  pair: PairDescription,
  soak: SoakJob["soak"],
): SoakJob {
  const members = { kind: "networks", pair, member, lowering } as const;
  return { kind: "soak", runtime, engine: engineOptionsOf(options), members, soak };
}

function subjectOf(plan: NetworkPlan, member: Member) {
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
    run: { started, finished: new Date().toISOString(), ...(await provenance()) },
    machine: await describeMachine(),
    runs,
    threads: options.threads,
    seed: options.seed ?? defaultSeed,
    mostGrowth,
    rows: [...rows],
  };
}
