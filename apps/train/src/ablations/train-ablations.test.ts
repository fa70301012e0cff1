import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDataset } from "@sebench/datasets";
import { tfjsNodeCpu } from "@sebench/runtime-tfjs-node";
import { openTraining } from "@sebench/runtime-tfjs-node/training";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { smallSet, writeSmallDataset } from "../testing/small-dataset.ts";
import { readTrainingLog } from "../training/log.ts";
import type { TrainingData, TrainingEngine, TrainingObserver } from "../training/train-network.ts";
import { type AblationRun, planRuns, stateOf } from "./run.ts";
import { type AblationsProgress, trainAblations, trainRuns } from "./train-ablations.ts";

const flags = { augment: true, size: "28", subset: "128", batch: "64", epochs: "2", seeds: "1" };
const never = new AbortController().signal;

/** A progress that shows nothing, and calls what is given of an observer. */
function silent(of: Partial<TrainingObserver> = {}): AblationsProgress {
  return { note() {}, observerOf: () => ({ step() {}, epoch() {}, ...of }) };
}

let root: string;
let data: TrainingData;
let engine: TrainingEngine;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sebench-ablations-"));
  const directory = join(root, "data");
  const images = smallSet(256, 1);
  await writeSmallDataset(directory, images, smallSet(100, 2));
  data = { train: images, test: await openDataset({ directory, size: 28, preprocessing: null }) };
  const backend = await openTraining("cpu", null).catch(() => null);
  if (backend) engine = { backend, engine: await tfjsNodeCpu.load({ threads: null }) };
});
afterAll(() => rm(root, { recursive: true }));

/** The first runs of the plan, of which the first is without SE and the second the standard network. */
function firstRuns(out: string, count: number): AblationRun[] {
  return planRuns({ ...flags, out: join(root, out) }).slice(0, count);
}

const logOf = ({ folder }: AblationRun) => readTrainingLog(join(folder, "log.jsonl"));
const stepsOf = async (run: AblationRun) =>
  (await logOf(run)).filter(({ kind }) => kind === "step");

describe("the ablations", () => {
  beforeEach(({ skip }) => {
    if (!engine) skip("tfjs-node's addon has not been fetched: pnpm bench doctor --fix");
  });

  it("leave a log of each run, which says that its weights were removed", async () => {
    const runs = firstRuns("whole", 2);
    await trainRuns(runs, data, engine, silent(), never);
    for (const run of runs) {
      expect(await readdir(run.folder)).toEqual(["log.jsonl"]);
      const log = await logOf(run);
      expect(log.map(({ kind }) => kind).join(" ")).toBe(
        "start step step epoch step step epoch removed",
      );
      expect(log.at(-1)).toMatchObject({
        files: ["checkpoint.safetensors", "weights.safetensors"],
      });
    }
  });

  it("run the test images after the last epoch", async () => {
    const [run] = firstRuns("tested", 1) as [AblationRun];
    await trainRuns([run], data, engine, silent(), never);
    const epochs = (await logOf(run)).filter((entry) => entry.kind === "epoch");
    expect(epochs.map(({ test }) => test?.images ?? null)).toEqual([null, 100]);
  });

  it("skip runs that have ended", async () => {
    const [run] = firstRuns("again", 1) as [AblationRun];
    await trainRuns([run], data, engine, silent(), never);
    const before = await readFile(join(run.folder, "log.jsonl"), "utf8");
    await trainRuns([run], data, engine, silent(), never);
    expect(await readFile(join(run.folder, "log.jsonl"), "utf8")).toBe(before);
  });

  it("go on after the last epoch, and take the steps of a run that was not cut off", async () => {
    const [cut, later] = firstRuns("cut", 2) as [AblationRun, AblationRun];
    const halt = new AbortController();
    const halting = silent({
      step: ({ step }) => {
        if (step === 3) halt.abort(new Error("halt"));
      },
    });
    await expect(trainRuns([cut, later], data, engine, halting, halt.signal)).rejects.toThrow(
      "halt",
    );
    expect(await stateOf(cut)).toMatchObject({ kind: "unfinished", from: { epoch: 1 } });
    await trainRuns([cut], data, engine, silent(), never);
    const [whole] = firstRuns("not-cut", 1) as [AblationRun];
    await trainRuns([whole], data, engine, silent(), never);
    expect(await stepsOf(cut)).toEqual(await stepsOf(whole));
  });

  it("go on with the next where one diverges, which is not trained again", async () => {
    const runs = firstRuns("wild", 2).map(({ folder, settings }) => {
      return { folder, settings: Object.assign({}, settings, { rate: 1e9 }) };
    });
    const notes: string[] = [];
    const noting = { ...silent(), note: (text: string) => void notes.push(text) };
    await trainRuns(runs, data, engine, noting, never);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/resnet8.seed-1: the loss is .* training has diverged/);
    expect(await stateOf(runs[0]!)).toEqual({ kind: "diverged" });
    await trainRuns(runs, data, engine, noting, never);
    expect(notes).toHaveLength(2);
  });

  it("free the memory of each run", async () => {
    const { memory } = engine.backend.tf;
    const before = memory().numTensors;
    await trainRuns(firstRuns("memory", 1), data, engine, silent(), never);
    expect(memory().numTensors).toBe(before);
  });
});

it("without Fashion-MNIST there is one clear error", async () => {
  await expect(trainAblations({ ...flags, data: "/nowhere" })).rejects.toThrow(
    "Fashion-MNIST is not in /nowhere",
  );
});
