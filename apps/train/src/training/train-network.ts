import { cpus } from "node:os";
import { join } from "node:path";
import type { Dataset, FashionMnist } from "@sebench/datasets";
import type { Engine } from "@sebench/runtime";
import type { TrainingBackend } from "@sebench/runtime-tfjs-node/training";
import { buildNetwork, countParameters, InputError } from "@sebench/spec";
import { Sgd, type StepOutcome, TrainableNetwork, trainStep } from "@sebench/tfjs/training";
import { initialWeights, type Weights } from "@sebench/weights";
import { countBatches, epochBatches } from "./batches.ts";
import { type Checkpoint, writeCheckpoint } from "./checkpoint.ts";
import {
  type EpochEntry,
  type LogEntry,
  logFile,
  readTrainingLog,
  type TestResult,
  TrainingLog,
} from "./log.ts";
import { rateAt, type TrainingSettings } from "./settings.ts";

/** The images to train on and to evaluate with. */
export interface TrainingData {
  readonly train: FashionMnist;
  readonly test: Dataset;
}

/** What training computes with. */
export interface TrainingEngine {
  readonly backend: TrainingBackend;
  /** The engine that evaluates, on the same device. */
  readonly engine: Engine;
}

/** The training of one network. */
export interface TrainingRun {
  /** The folder of the log and of the files of weights. */
  readonly folder: string;
  readonly settings: TrainingSettings;
  /** The checkpoint that the training goes on from, or null at the start. */
  readonly from: Checkpoint | null;
}

/** An observer that is told how training goes, after each step and each epoch. */
export interface TrainingObserver {
  step(at: { epoch: number; step: number; steps: number; outcome: StepOutcome }): void;
  epoch(entry: EpochEntry): void;
}

/** Trains a network epoch by epoch, each of which leaves a checkpoint. The signal ends the training between two steps. */
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
  const trainable = new TrainableNetwork(tf, kernels, network, weights);
  const sgd = new Sgd(tf, trainable, settings);
  try {
    if (from) sgd.restore(from.velocities);
    const path = join(folder, logFile);
    await using log = await TrainingLog.open(path, from ? await entriesUntil(path, from) : [start]);
    const descent: Descent = { tf, trainable, sgd, settings, stepsPerEpoch, log, observer, signal };
    for (let epoch = (from?.epoch ?? 0) + 1; epoch <= settings.epochs; epoch++) {
      const began = performance.now();
      const means = await trainEpoch(descent, data.train, epoch);
      const trained = await trainable.weights();
      const tested = settings.evaluate === "each-epoch" || epoch === settings.epochs;
      const test = tested ? await evaluate(engine, settings, trained, data.test) : null;
      const seconds = Math.round((performance.now() - began) / 1000);
      const entry: EpochEntry = { kind: "epoch", epoch, ...means, test, seconds };
      await log.write(entry);
      const velocities = await sgd.velocities(trained);
      await writeCheckpoint(folder, { settings, epoch, weights: trained, velocities });
      observer.epoch(entry);
    }
  } finally {
    sgd.dispose();
    trainable.dispose();
  }
}

/** What the steps of one run change and tell. */
interface Descent {
  readonly tf: TrainingBackend["tf"];
  readonly trainable: TrainableNetwork;
  readonly sgd: Sgd;
  readonly settings: TrainingSettings;
  readonly stepsPerEpoch: number;
  readonly log: TrainingLog;
  readonly observer: TrainingObserver;
  readonly signal: AbortSignal;
}

/** Trains one epoch, and returns the means over its steps. */
async function trainEpoch(
  { tf, trainable, sgd, settings, stepsPerEpoch, log, observer, signal }: Descent,
  images: FashionMnist,
  epoch: number,
): Promise<Pick<EpochEntry, "loss" | "trainTop1">> {
  const sum = { loss: 0, correct: 0 };
  let step = (epoch - 1) * stepsPerEpoch;
  for (const batch of epochBatches(images, settings, epoch)) {
    signal.throwIfAborted();
    const rate = rateAt(step, stepsPerEpoch, settings);
    const outcome = await trainStep(tf, trainable, sgd, batch, rate);
    step++;
    if (!Number.isFinite(outcome.loss)) {
      await log.write({ kind: "diverged", step, epoch });
      throw divergence(outcome, step);
    }
    sum.loss += outcome.loss;
    sum.correct += outcome.correct;
    await log.write({ kind: "step", step, epoch, rate: short(rate), ...shortened(outcome) });
    observer.step({ epoch, step, steps: settings.epochs * stepsPerEpoch, outcome });
  }
  return {
    loss: short(sum.loss / stepsPerEpoch),
    trainTop1: short(sum.correct / (stepsPerEpoch * settings.batch)),
  };
}

async function evaluate(
  engine: Engine,
  settings: TrainingSettings,
  weights: Weights,
  testImages: Dataset,
): Promise<TestResult> {
  const { images, correct } = await countRecognised(engine, settings, weights, testImages);
  return { images, correct, top1: correct / images };
}

function requireBatches(train: FashionMnist, settings: TrainingSettings): number {
  const count = countBatches(train, settings);
  if (count > 0) return count;
  const images = Math.min(train.count, settings.subset ?? train.count);
  throw new InputError(`${images} training images do not fill a batch of ${settings.batch}`, {
    remedy: "give a smaller --batch or a larger --subset",
  });
}

function divergence({ loss }: StepOutcome, step: number): InputError {
  return new InputError(`the loss is ${loss} at step ${step}: training has diverged`, {
    remedy: "give a smaller --rate or a longer --warm-up",
  });
}

/** The log's entries of the epochs that are done, and an entry that says that the run goes on. */
async function entriesUntil(path: string, { epoch }: Checkpoint): Promise<LogEntry[]> {
  const entries = await readTrainingLog(path);
  const done = entries.filter((entry) => entry.kind === "start" || entry.epoch <= epoch);
  return [...done, { kind: "resumed", time: new Date().toISOString(), epoch }];
}

function shortened({ loss, correct }: StepOutcome): StepOutcome {
  return { loss: short(loss), correct };
}

/** A value with six digits, which is what float32 has. */
function short(value: number): number {
  return Number(value.toPrecision(6));
}

/** The number of test images in one run, which divides Fashion-MNIST's 10,000. */
const batch = 100;

/** How many test images were recognised. */
interface Recognised {
  /** The number of images that were run, in whole batches. */
  readonly images: number;
  readonly correct: number;
}

/** Counts the test images that the network recognises on an engine, which folds batch norms as the bench does. */
async function countRecognised(
  engine: Engine,
  { network: name, imageSize }: TrainingSettings,
  weights: Weights,
  test: Dataset,
): Promise<Recognised> {
  const network = buildNetwork(name, { imageSize });
  const options = { batch, precision: "fp32" } as const;
  const lowered = { network, weights, lowering: "conv1x1" } as const;
  await using session = await engine.prepare(await engine.encode(lowered, options), options);
  let images = 0;
  let correct = 0;
  while (images + batch <= test.count) {
    const read = await test.read(images, batch);
    const logits = await session.run(await session.stage(read.images));
    correct += countCorrect(logits, read.labels);
    images += batch;
  }
  return { images, correct };
}

function countCorrect(logits: Float32Array, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  return labels.reduce((correct, label, image) => {
    const own = logits.subarray(image * classes, (image + 1) * classes);
    return correct + (own.every((logit, index) => index === label || logit < own[label]!) ? 1 : 0);
  }, 0);
}
