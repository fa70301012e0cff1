import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { epochEntry, logText, startEntry } from "../testing/test-run.ts";
import { readTrainingLog } from "../training/log.ts";
import { type AblationRun, keepLogOnly, planRuns, stateOf } from "./run.ts";

describe("the plan", () => {
  const runs = planRuns({ augment: true, out: "there" });

  it("is 16 networks with 3 seeds each, and all of a seed before the next", () => {
    expect(runs).toHaveLength(48);
    const seeds = runs.map(({ settings }) => settings.seed);
    expect(seeds).toEqual([1, 2, 3].flatMap((seed) => Array.from({ length: 16 }, () => seed)));
    expect(new Set(runs.slice(0, 16).map(({ settings }) => settings.network)).size).toBe(16);
  });

  it("gives each run a folder of its own", () => {
    expect(runs[18]!.settings.network).toBe("se-resnet8{r=2}");
    expect(runs[18]!.folder).toBe(join("there", "se-resnet8{r=2}", "seed-2"));
  });

  it("trains on 6,400 images for 4 epochs, tested after the last", () => {
    expect(runs[0]!.settings).toMatchObject({
      imageSize: 28,
      subset: 6400,
      epochs: 4,
      batch: 64,
      rate: 0.05,
      evaluate: "last-epoch",
    });
  });

  it("is done by its shards, each run by one", () => {
    const shards = ["1/2", "2/2"].map((shard) => planRuns({ augment: true, out: "there", shard }));
    expect(shards.map(({ length }) => length)).toEqual([24, 24]);
    expect(new Set(shards.flat().map(({ folder }) => folder))).toEqual(
      new Set(runs.map(({ folder }) => folder)),
    );
  });

  it("takes the flags of training", () => {
    const [first, ...others] = planRuns({
      augment: false,
      seeds: "1",
      subset: "640",
      epochs: "2",
      batch: "64",
      evaluate: "each-epoch",
    });
    expect(others).toHaveLength(15);
    expect(first!.settings).toMatchObject({
      subset: 640,
      epochs: 2,
      batch: 64,
      augment: false,
      evaluate: "each-epoch",
    });
  });

  it.each([
    [{ seeds: "0" }, '--seeds is "0"'],
    [{ subset: "all" }, '--subset is "all"'],
    [{ shard: "3/2" }, '--shard is "3/2"'],
    [{ epochs: "1", warmUp: "2" }, "--warm-up 2 leaves none of the schedule's 1 epochs"],
  ])("refuses %o", (flags, message) => {
    expect(() => planRuns({ augment: true, ...flags })).toThrow(message);
  });
});

describe("the state of a run", () => {
  let root: string;
  let run: AblationRun;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "sebench-run-"));
    [run] = planRuns({ augment: true, out: root }) as [AblationRun];
    await mkdir(run.folder, { recursive: true });
  });
  afterEach(() => rm(root, { recursive: true }));
  const writeLog = (text: string) => writeFile(join(run.folder, "log.jsonl"), text);
  const start = startEntry({ network: "resnet8" });

  it("is unfinished where there is no log, and where no epoch left a checkpoint", async () => {
    const unfinished = { kind: "unfinished", from: null };
    expect(await stateOf(run)).toEqual(unfinished);
    await writeLog(logText([start]));
    expect(await stateOf(run)).toEqual(unfinished);
  });

  it("is trained where its log has the last epoch", async () => {
    await writeLog(logText([start, epochEntry(4, 8800)]));
    expect(await stateOf(run)).toEqual({ kind: "trained" });
  });

  it("is an error where it was trained with other settings", async () => {
    await writeLog(logText([startEntry({ network: "resnet8", epochs: 5 }), epochEntry(5, 8800)]));
    await expect(stateOf(run)).rejects.toThrow(
      `${run.folder} holds a run of other settings: epochs 5, not 4`,
    );
  });

  it("is an error where its log is damaged", async () => {
    await writeLog(`${logText([start])}{}\n`);
    await expect(stateOf(run)).rejects.toThrow("log.jsonl, line 2 is no entry of a training log");
  });

  it("is an error where its checkpoint is damaged", async () => {
    await writeLog(logText([start, epochEntry(1, null)]));
    await writeFile(join(run.folder, "checkpoint.safetensors"), "cut off");
    await expect(stateOf(run)).rejects.toThrow(
      `${join(run.folder, "checkpoint.safetensors")}: not a valid safetensors file`,
    );
  });

  it("is once said to have no weights, however often they are removed", async () => {
    await writeLog(logText([start, epochEntry(4, 8800)]));
    await writeFile(join(run.folder, "weights.safetensors"), "");
    await keepLogOnly(run);
    await keepLogOnly(run);
    const log = await readTrainingLog(join(run.folder, "log.jsonl"));
    expect(log.map(({ kind }) => kind)).toEqual(["start", "epoch", "removed"]);
  });
});
