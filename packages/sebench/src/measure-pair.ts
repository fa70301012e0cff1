import {
  byProfile,
  defaultSeed,
  openTargets,
  plannedCases,
  type Profile,
  profiles,
  requireLowering,
  requirePrecisions,
  runCases,
  type RunObserver,
  type RunOptions,
  selectTargets,
  type Selection,
  withTunings,
} from "@sebench/bench";
import type { JobProgress } from "@sebench/jobs";
import { openCheckpoint, type RunWeights, seededRun, shippedRun } from "@sebench/pairs";
import type { CaseRecord, OkCase } from "@sebench/results";
import type { Host, Precision, RuntimeId } from "@sebench/runtime";
import { seName } from "@sebench/spec";
import { runOptions, watchOf } from "./run-options.ts";
import type { WatchOptions } from "./watch-options.ts";

export interface MeasureOptions extends WatchOptions {
  /** The pair, by the name of its member with SE: `se-resnet50`, `se-resnet18{r=8}`. */
  readonly network: string;
  /** The engine and the device: `onnxruntime-node/cpu`. */
  readonly runtime: RuntimeId;
  /** What executes the JavaScript; the runtime's first host by default. */
  readonly host?: Host;
  /** The images in one run; 1 by default. */
  readonly batch?: number;
  /** The side of an image in pixels; the network's own by default. */
  readonly imageSize?: number;
  /** The precision of the computation; `fp32` by default. */
  readonly precision?: Precision;
  /** The recipe by which SE is written as operators, or `tuned`; the naive form by default. */
  readonly lowering?: string;
  /**
   * The time for the replicas, in seconds; 60 by default, or that of `bench run` for the
   * networks that it has by itself. More narrows the interval.
   */
  readonly budgetSeconds?: number;
  /** The threads of the CPU to compute with; the engine's own choice by default. */
  readonly threads?: number;
  /** The seed of the order of visits and of seeded weights; 1 by default. */
  readonly seed?: number;
  /**
   * The weights: `seeded`; or the paths of safetensors files, of which `plain` may be left
   * out; by default those that ship where the pair was trained, and else seeded ones.
   */
  readonly weights?:
    | "seeded"
    | { readonly se: string; readonly plain?: string; readonly prefix?: string };
  /** The time after which the case counts as failed, in seconds; by default it grows with the budget. */
  readonly timeoutSeconds?: number;
}

/**
 * Measures what SE costs in one network on one runtime, in a process or a browser of its
 * own, as `sebench run` does: both members prepared anew in each replica, rounds in random
 * order, parity with the oracle, and proof of the device.
 *
 * @returns The record of the case. `overhead.ratio` is SE's latency over plain's, and
 *   `overhead.interval` its 95 % interval. Parity may have failed: see `parityHolds`.
 * @throws InputError for options that are not known or do not fit
 * @throws NotMeasuredError where the runtime is not available or the case failed
 */
export async function measurePair(options: MeasureOptions): Promise<OkCase> {
  const { signal, tell } = watchOf(options);
  const checkpoint = await openWeights(options, tell);
  const asked = await withTunings(readOptions(options, checkpoint.network));
  await using opened = await openTargets(asked, { signal, tell });
  const context = {
    options: asked,
    profile,
    seed: asked.seed ?? defaultSeed,
    weights: checkpoint.weights,
    models: [],
    calibration: null,
    hosts: opened.hosts,
    signal,
  };
  // A tuned form is planned with the naive one before it.
  const cases = plannedCases(context, opened.targets).slice(-1);
  const measured: CaseRecord[] = [];
  const store = {
    record: { cases: [] },
    append: async (record: CaseRecord) => void measured.push(record),
  };
  await runCases(context, opened.targets, cases, store, () => observer(tell));
  const [record] = measured;
  if (record?.status !== "ok") throw new NotMeasuredError(record!);
  return record;
}

/** `quick`, with no form but the one that is asked for, which is timed on every runtime. */
const profile: Profile = { ...profiles.quick, bestKnown: [], untimed: {} };

interface OpenedWeights {
  /** The canonical name of the member with SE, in the layout that a file's keys say. */
  readonly network: string;
  readonly weights: RunWeights;
}

async function openWeights(
  { network, weights, imageSize, seed = defaultSeed }: MeasureOptions,
  tell: (line: string) => void,
): Promise<OpenedWeights> {
  const name = seName(network);
  if (weights === undefined) return { network: name, weights: shippedRun(seed) };
  if (weights === "seeded") return { network: name, weights: seededRun(seed) };
  const paths = { se: weights.se, plain: weights.plain ?? null, prefix: weights.prefix ?? null };
  const opened = await openCheckpoint(paths, name, imageSize ?? null);
  for (const note of opened.notes) tell(`weights: ${note}`);
  return { network: opened.network, weights: async () => opened };
}

function readOptions(options: MeasureOptions, network: string): RunOptions {
  const { runtime, host, lowering, precision = "fp32" } = options;
  const targets = selectTargets([runtime], host === undefined ? null : [host]).slice(0, 1);
  requirePrecisions(targets, [precision], { named: true });
  const selection: Selection = {
    ...byProfile,
    networks: [network],
    batches: [options.batch ?? 1],
    imageSizes: options.imageSize === undefined ? null : [options.imageSize],
    precisions: [precision],
    lowerings: lowering === undefined ? null : [requireLowering(lowering)],
    seconds: options.budgetSeconds ?? null,
  };
  const asked = {
    targets,
    selection,
    threads: options.threads ?? null,
    seed: options.seed ?? null,
    timeoutSeconds: options.timeoutSeconds ?? null,
  };
  return runOptions(asked, options);
}

function observer(tell: (line: string) => void): RunObserver {
  let last = "";
  return {
    start: ([plan]) => tell(plan!.id),
    update(progress) {
      const line = describe(progress);
      if (line !== last) tell(line);
      last = line;
    },
    end() {},
    note: tell,
    close() {},
  };
}

/** A phase of a replica, or a tenth of the oracle's images. */
function describe(progress: JobProgress): string {
  if ("replica" in progress) {
    return `${progress.phase}, replica ${progress.replica} of ${progress.replicas}`;
  }
  const tenth = Math.floor((10 * progress.done) / progress.total);
  return `${progress.phase}: ${10 * tenth} %`;
}

const outcomes: Readonly<Record<Exclude<CaseRecord["status"], "ok">, string>> = {
  untimed: "was not timed",
  alone: "is of a model by itself",
  failed: "failed",
  unavailable: "is unavailable",
};

/** The error of a pair that was not measured. */
export class NotMeasuredError extends Error {
  override readonly name = "NotMeasuredError";
  /** What a person can do about it, or null where nothing is known. */
  readonly remedy: string | null;
  /** What a run would have recorded: a case that failed, is unavailable, or was not timed. */
  readonly record: Exclude<CaseRecord, OkCase>;

  constructor(record: Exclude<CaseRecord, OkCase>) {
    const { runtime, host, network, status, reason, remedy } = record;
    const what = outcomes[status];
    const advice = remedy === null ? "" : ` (${remedy})`;
    super(`${runtime} on ${host} for ${network} ${what}: ${reason}${advice}`);
    this.record = record;
    this.remedy = remedy;
  }
}
