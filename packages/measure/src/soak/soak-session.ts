import type {
  Attestation,
  EncodedModel,
  Engine,
  RunInput,
  Session,
  SessionOptions,
} from "@sebench/runtime";
import { describeError, InputError } from "@sebench/spec";
import { now as performanceNow } from "tinybench";
import { inputsOfRuns, type RunInputs } from "../session/image-batch.ts";
import { memoryReadings } from "./drift.ts";

/** What a soak is asked for: plain data. */
export interface SoakOptions extends SessionOptions {
  /** The runs of the session, at least 2. */
  readonly runs: number;
  /**
   * The difference, relative to the largest logit, up to which an answer counts as that of the same
   * images before.
   */
  readonly tolerance: number;
}

/** The memory of the processes that run a session, in bytes. */
interface MemoryReading {
  readonly residentBytes: number;
  /** The proportional set size, or null where the system does not tell. */
  readonly proportionalBytes: number | null;
}

/** The memory after a number of runs, 0 for the session that has not run. */
interface SoakMemory extends MemoryReading {
  readonly run: number;
}

/** The logits of one run. */
interface SoakCheckpoint {
  /** The number of the run, counted from 1. */
  readonly run: number;
  /** The place of the run's batch among the batches of the images. */
  readonly batch: number;
  /** The logits, row-major `[batch, classes]`. */
  readonly logits: Float32Array;
}

/** What one session did in many runs. */
export interface SoakMeasurement {
  /** The time of each run that was answered, in milliseconds. */
  readonly runsMs: readonly number[];
  readonly checkpoints: readonly SoakCheckpoint[];
  readonly memory: readonly SoakMemory[];
  /** The first run whose answer differed from the first one for the same images, or null. */
  readonly changedAt: number | null;
  /** The run that threw and what it threw, or null where all runs were answered. */
  readonly died: { readonly run: number; readonly reason: string } | null;
  /** The proof of the device, or null where the session died. */
  readonly attestation: Attestation | null;
}

/** The part of the host in a soak, which is called between runs. */
export interface SoakObserver {
  /** Hears how many runs are done: of the first two, and then some ten times a second. */
  onRuns?(done: number, total: number): Promise<void> | void;
  /** Reads the memory once the garbage is collected, or gives null where the system tells none. */
  memory?(): Promise<MemoryReading | null> | MemoryReading | null;
  /** The clock; `performance.now` by default. */
  readonly now?: () => number;
}

/** The runs whose logits are kept for the oracle, beside the last one. */
const checkpointRuns = [1, 2, 100] as const;

/** The milliseconds between two reports of the runs that are done. */
const reportEveryMs = 100;

/**
 * Runs one session over and over, on one batch of the images after another, so that an answer that
 * is left from the run before is seen. A run that throws ends the soak, which is a value.
 *
 * @param inputs The images, `[n, channels, height, width]`, of at least two batches, or the inputs of
 *   a model's file for two runs at least.
 * @throws InputError for bad options, and whatever preparing throws
 */
export async function soakSession(
  engine: Engine,
  model: EncodedModel,
  inputs: RunInputs,
  options: SoakOptions,
  observer: SoakObserver = {},
): Promise<SoakMeasurement> {
  const batches = inputsOfRuns(inputs, options.batch);
  if (!Number.isInteger(options.runs) || options.runs < 2) {
    throw new InputError(`a soak of ${options.runs} runs`, { remedy: "ask for 2 runs at least" });
  }
  if (batches.length < 2) {
    throw new InputError("a soak of one batch of images", {
      remedy: "give images for two batches, so that an answer left from the run before is seen",
    });
  }
  const session = await engine.prepare(model, options);
  const [outcome] = await Promise.allSettled([runOften(session, batches, options, observer)]);
  const [disposal] = await Promise.allSettled([session[Symbol.asyncDispose]()]);
  if (outcome.status === "rejected") throw outcome.reason;
  // A session that died may not be able to close, which says nothing more.
  if (disposal.status === "rejected" && outcome.value.died === null) throw disposal.reason;
  return outcome.value;
}

async function runOften(
  session: Session,
  batches: readonly RunInput[],
  { runs, tolerance }: SoakOptions,
  { onRuns, memory: readMemory, now = performanceNow }: SoakObserver,
): Promise<SoakMeasurement> {
  const inputs = [];
  for (const batch of batches) inputs.push(await session.stage(batch));
  const kept = new Set<number>([...checkpointRuns, runs]);
  const readingRuns = new Set(
    Array.from({ length: memoryReadings }, (_, at) =>
      Math.round((runs * at) / (memoryReadings - 1)),
    ),
  );
  const runsMs: number[] = [];
  const checkpoints: SoakCheckpoint[] = [];
  const memory: SoakMemory[] = [];
  const firstAnswers: Float32Array[] = [];
  let changedAt: number | null = null;
  let reportedMs = -Infinity;
  const look = async (run: number): Promise<void> => {
    const reading = readingRuns.has(run) ? await readMemory?.() : null;
    if (reading) memory.push({ run, ...reading });
  };
  await look(0);
  for (let run = 1; run <= runs; run++) {
    const batch = (run - 1) % batches.length;
    const beganMs = now();
    let logits: Float32Array;
    try {
      logits = await session.run(inputs[batch]!);
    } catch (error) {
      const { message } = describeError(error);
      const died = { run, reason: message };
      return { runsMs, checkpoints, memory, changedAt, died, attestation: null };
    }
    const endedMs = now();
    runsMs.push(endedMs - beganMs);
    if (kept.has(run)) checkpoints.push({ run, batch, logits: logits.slice() });
    const before = (firstAnswers[batch] ??= logits.slice());
    if (changedAt === null && !agrees(logits, before, tolerance)) changedAt = run;
    await look(run);
    if (run <= 2 || endedMs - reportedMs >= reportEveryMs) {
      reportedMs = endedMs;
      await onRuns?.(run, runs);
    }
  }
  const attestation = await session.attest();
  return { runsMs, checkpoints, memory, changedAt, died: null, attestation };
}

/** Whether two answers agree. A NaN agrees with nothing. */
function agrees(logits: Float32Array, before: Float32Array, tolerance: number): boolean {
  const largest = before.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  return (
    logits.length === before.length &&
    logits.every((logit, at) => Math.abs(logit - before[at]!) <= tolerance * largest)
  );
}
