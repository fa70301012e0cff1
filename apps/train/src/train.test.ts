import { cp, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDataset } from "@sebench/datasets";
import { tfjsNodeCpu } from "@sebench/runtime-tfjs-node";
import { openTraining } from "@sebench/runtime-tfjs-node/training";
import { buildNetwork } from "@sebench/spec";
import { checkWeights, readSafetensors, toWeights } from "@sebench/weights";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { train } from "./train.ts";
import { smallSet, writeSmallDataset } from "./testing/small-dataset.ts";
import { readCheckpoint } from "./training/checkpoint.ts";
import { readTrainingLog } from "./training/log.ts";
import { defaultSettings, type TrainingSettings } from "./training/settings.ts";
import { type TrainingData, type TrainingEngine, trainNetwork } from "./training/train-network.ts";

const settings: TrainingSettings = {
  ...defaultSettings,
  network: "se-resnet8",
  imageSize: 28,
  epochs: 4,
  batch: 64,
  rate: 0.05,
};
const silent = { step() {}, epoch() {} };
const never = new AbortController().signal;

let root: string;
let data: TrainingData;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sebench-train-"));
  const directory = join(root, "data");
  const images = smallSet(512, 1);
  await writeSmallDataset(directory, images, smallSet(200, 2));
  data = { train: images, test: await openDataset({ directory, size: 28, preprocessing: null }) };
});
afterAll(() => rm(root, { recursive: true }));

describe("training", () => {
  let engine: TrainingEngine;
  let whole: string;
  beforeAll(async () => {
    const backend = await openTraining("cpu", null).catch(() => null);
    if (!backend) return;
    engine = { backend, engine: await tfjsNodeCpu.load({ threads: null }) };
    whole = join(root, "whole");
    await trainNetwork({ folder: whole, settings, from: null }, data, engine, silent, never);
  });
  beforeEach(({ skip }) => {
    if (!engine) skip("tfjs-node's addon has not been fetched: pnpm bench doctor --fix");
  });

  it("learns what can be learned", async () => {
    const log = await readTrainingLog(join(whole, "log.jsonl"));
    const epochs = log.filter((entry) => entry.kind === "epoch");
    expect(epochs).toHaveLength(settings.epochs);
    expect(epochs.at(-1)!.test!.images).toBe(200);
    expect(epochs.at(-1)!.test!.top1).toBeGreaterThan(0.9);
  });

  it("logs every step", async () => {
    const log = await readTrainingLog(join(whole, "log.jsonl"));
    const steps = log.filter((entry) => entry.kind === "step");
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 32 }, (_, at) => at + 1));
    expect(log[0]).toMatchObject({ kind: "start", settings, stepsPerEpoch: 8 });
  });

  it("leaves weights that fit the network", async () => {
    const bytes = await readFile(join(whole, "weights.safetensors"));
    const network = buildNetwork("se-resnet8", { imageSize: 28 });
    expect(() => checkWeights(network, toWeights(readSafetensors(bytes)))).not.toThrow();
  });

  it("takes the same steps from the same seed, interrupted or not", async () => {
    const folder = join(root, "halted");
    const halt = new AbortController();
    const observer = { ...silent, epoch: () => halt.abort(new Error("halt")) };
    const run = { folder, settings, from: null };
    await expect(trainNetwork(run, data, engine, observer, halt.signal)).rejects.toThrow("halt");
    const from = await readCheckpoint(folder, (name) => buildNetwork(name));
    expect(from).toMatchObject({ epoch: 1, settings });
    await trainNetwork({ folder, settings, from }, data, engine, silent, never);
    const steps = async (of: string) =>
      (await readTrainingLog(join(of, "log.jsonl"))).filter(({ kind }) => kind === "step");
    expect(await steps(folder)).toEqual(await steps(whole));
    const weights = (of: string) => readFile(join(of, "weights.safetensors"));
    expect(await weights(folder)).toEqual(await weights(whole));
  });

  it("begins a short run as a long one", async () => {
    const folder = join(root, "short");
    const run = { folder, settings: { ...settings, epochs: 1 }, from: null };
    await trainNetwork(run, data, engine, silent, never);
    const entries = async (of: string) =>
      (await readTrainingLog(join(of, "log.jsonl"))).filter(({ kind }) => kind === "step");
    const [short, long] = [await entries(folder), await entries(whole)];
    expect(short).toEqual(long.slice(0, short.length));
  });

  it("says that it diverged", async () => {
    const wild = { ...settings, rate: 1e9, warmUp: 0 };
    const run = { folder: join(root, "wild"), settings: wild, from: null };
    await expect(trainNetwork(run, data, engine, silent, never)).rejects.toThrow(
      /the loss is (NaN|Infinity) at step \d+: training has diverged/,
    );
    const log = await readTrainingLog(join(run.folder, "log.jsonl"));
    const steps = log.filter(({ kind }) => kind === "step").length;
    expect(log.at(-1)).toMatchObject({ kind: "diverged", step: steps + 1, epoch: 1 });
  });

  it("runs the test images after each epoch, unless its settings say after the last", async () => {
    const tested = async (folder: string) =>
      (await readTrainingLog(join(folder, "log.jsonl")))
        .filter((entry) => entry.kind === "epoch")
        .map(({ test }) => test?.images ?? null);
    expect(await tested(whole)).toEqual([200, 200, 200, 200]);
    const folder = join(root, "last");
    const last = { ...settings, subset: 64, epochs: 2, evaluate: "last-epoch" } as const;
    await trainNetwork({ folder, settings: last, from: null }, data, engine, silent, never);
    expect(await tested(folder)).toEqual([null, 200]);
  });

  it.each([
    ["a truncated checkpoint", (path: string) => truncate(path, 5000), /truncated|bytes/],
    ["a checkpoint of something else", (path: string) => writeFile(path, "{}"), /safetensors/],
  ])("refuses %s", async (_what, damage, message) => {
    const folder = await mkdtemp(join(root, "damaged-"));
    await cp(whole, folder, { recursive: true });
    await damage(join(folder, "checkpoint.safetensors"));
    await expect(train({ resume: folder, augment: true })).rejects.toThrow(message);
  });

  it("refuses a folder that holds a run", async () => {
    const flags = { network: "se-resnet8", out: whole, augment: true };
    await expect(train(flags)).rejects.toThrow(`${whole} holds a run`);
  });
});

it.each([
  [{}, "no network to train"],
  [{ network: "se-resnet9" }, "se-resnet9"],
  [{ network: "se-resnet8", size: "64" }, "--size is 64, and Fashion-MNIST has images of 28"],
  [{ network: "se-resnet8", epochs: "0" }, '--epochs is "0"'],
  [{ network: "se-resnet8", rate: "fast" }, '--rate is "fast"'],
  [{ network: "se-resnet8", warmUp: "5" }, "--warm-up 5 leaves none of the schedule's 5 epochs"],
  [{ network: "se-resnet8", epochs: "3", scheduleEpochs: "2" }, '--schedule-epochs is "2"'],
  [{ network: "se-resnet8", data: "/nowhere" }, "Fashion-MNIST is not in /nowhere"],
  [{ resume: "/nowhere" }, "cannot read /nowhere/checkpoint.safetensors"],
])("%o is refused", async (flags, message) => {
  const out = join(root, "refused");
  await expect(train({ out, augment: true, ...flags })).rejects.toThrow(message);
});

it("a batch that the images do not fill is refused", async ({ skip }) => {
  if (!(await openTraining("cpu", null).catch(() => null))) skip("no addon");
  const flags = { network: "se-resnet8", data: join(root, "data"), batch: "1000", augment: true };
  await expect(train({ ...flags, out: join(root, "large") })).rejects.toThrow(
    "512 training images do not fill a batch of 1000",
  );
});
