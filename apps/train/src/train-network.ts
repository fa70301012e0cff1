import { cpus } from "node:os";
import { join } from "node:path";
import type { Dataset, FashionMnist } from "@sebench/datasets";
import type { Engine } from "@sebench/runtime";
import type { TrainingBackend } from "@sebench/runtime-tfjs-node/training";
import { buildNetwork, countParameters, InputError } from "@sebench/spec";
import { Sgd, type StepOutcome, TrainableNetwork, trainStep } from "@sebench/tfjs/training";
import { initialWeights } from "@sebench/weights";
import { countBatches, epochBatches } from "./batches.ts";
import { type Checkpoint, writeCheckpoint } from "./checkpoint.ts";
import { countRecognised } from "./evaluate.ts";
import { rateAt } from "./rate-schedule.ts";
import type { TrainingSettings } from "./settings.ts";
import { type EpochEntry, type LogEntry, readTrainingLog, TrainingLog } from "./training-log.ts";

export interface TrainingData {
  readonly train: FashionMnist;
  readonly test: Dataset;
}

/** What training computes with. */
export interface TrainingEngine {
  readonly backend: TrainingBackend;
  /** That evaluates, on the same device. */
  readonly engine: Engine;
}

export interface TrainingRun {
  /** Where the log and the files of weights go. */
  readonly folder: string;
  readonly settings: TrainingSettings;
  /** What it goes on from; null at the start. */
  readonly from: Checkpoint | null;
}

/** Is told how training goes, after each step and each epoch. */
export interface TrainingObserver {
  step(at: { epoch: number; step: number; steps: number; outcome: StepOutcome }): void;
  epoch(entry: EpochEntry): void;
}

const logFile = "log.jsonl";

/** Trains a network, epoch by epoch, each of which leaves a checkpoint. The signal ends it between two steps. */
export async function trainNetwork(
  { folder, settings, from }: TrainingRun,
  data: TrainingData,
  { backend, engine }: TrainingEngine,
  observer: TrainingObserver,
  signal: AbortSignal,
): Promise<void> {
  const { tf, kernels } = backend;
  const network = buildNetwork(settings.network, { imageSize: settings.imageSize });
  const weights = from?.weights ?? initialWeights(network, settings.seed);
  const stepsPerEpoch = requireBatches(data.train, settings);
  const trainable = new TrainableNetwork(tf, kernels, network, weights);
  const sgd = new Sgd(tf, trainable, settings);
  if (from) sgd.restore(from.velocities);
  const path = join(folder, logFile);
  const start: LogEntry = {
    kind: "start",
    schema: "sebench-training/1",
    time: new Date().toISOString(),
    settings,
    parameters: countParameters(network),
    stepsPerEpoch,
    version: backend.version,
    machine: `${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores`,
  };
  await using log = await TrainingLog.open(path, from ? await entriesUntil(path, from) : [start]);

  for (let epoch = (from?.epoch ?? 0) + 1; epoch <= settings.epochs; epoch++) {
    const began = performance.now();
    const sum = { loss: 0, correct: 0 };
    let step = (epoch - 1) * stepsPerEpoch;
    for (const batch of epochBatches(data.train, settings, epoch)) {
      signal.throwIfAborted();
      const rate = rateAt(step, stepsPerEpoch, settings);
      const outcome = await trainStep(tf, trainable, sgd, batch, rate);
      requireFinite(outcome, step);
      step++;
      sum.loss += outcome.loss;
      sum.correct += outcome.correct;
      await log.write({ kind: "step", step, epoch, rate: short(rate), ...shortened(outcome) });
      observer.step({ epoch, step, steps: settings.epochs * stepsPerEpoch, outcome });
    }
    const trained = await trainable.weights();
    const { images, correct } = await countRecognised(engine, settings, trained, data.test);
    const entry: EpochEntry = {
      kind: "epoch",
      epoch,
      loss: short(sum.loss / stepsPerEpoch),
      trainTop1: short(sum.correct / (stepsPerEpoch * settings.batch)),
      test: { images, correct, top1: correct / images },
      seconds: Math.round((performance.now() - began) / 1000),
    };
    await log.write(entry);
    const velocities = await sgd.velocities(trained);
    await writeCheckpoint(folder, { settings, epoch, weights: trained, velocities });
    observer.epoch(entry);
  }
  sgd.dispose();
  trainable.dispose();
}

function requireBatches(train: FashionMnist, settings: TrainingSettings): number {
  const count = countBatches(train, settings);
  if (count > 0) return count;
  const images = Math.min(train.count, settings.subset ?? train.count);
  throw new InputError(`${images} training images do not fill a batch of ${settings.batch}`, {
    remedy: "give a smaller --batch or a larger --subset",
  });
}

function requireFinite({ loss }: StepOutcome, step: number): void {
  if (Number.isFinite(loss)) return;
  throw new InputError(`the loss is ${loss} at step ${step + 1}: training has diverged`, {
    remedy: "give a smaller --rate or a longer --warm-up",
  });
}

/** What the log holds of the epochs that are done, and that it goes on. */
async function entriesUntil(path: string, { epoch }: Checkpoint): Promise<LogEntry[]> {
  const entries = await readTrainingLog(path);
  const done = entries.filter((entry) => entry.kind === "start" || entry.epoch <= epoch);
  return [...done, { kind: "resumed", time: new Date().toISOString(), epoch }];
}

function shortened({ loss, correct }: StepOutcome): StepOutcome {
  return { loss: short(loss), correct };
}

/** Six digits of it, which is what float32 has. */
function short(value: number): number {
  return Number(value.toPrecision(6));
}
