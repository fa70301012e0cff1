import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { overheadOfRounds } from "@sebench/measure";
import type { CalibrationRecord } from "@sebench/results";
import { beforeAll, expect, it } from "vitest";
import { bench } from "../testing/bench.ts";

const asked = [
  ..."calibrate --runtime onnxruntime-node/cpu --network se-resnet8 --threads 1 --budget 0.5 --no-fetch".split(
    " ",
  ),
  ..."--trials 2 --slowdown-trials 1 --slowdowns 100".split(" "),
];

let directory: string;
let first: Awaited<ReturnType<typeof bench>>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sebench-calibrate-"));
  first = await bench(...asked, "--out", directory);
});

async function readRecord(): Promise<CalibrationRecord> {
  const [name] = await readdir(directory);
  return JSON.parse(await readFile(join(directory, name!), "utf8")) as CalibrationRecord;
}

it("runs each member against itself, and keeps every trial", async () => {
  const { subjects } = await readRecord();
  expect(first.code).toBe(0);
  expect(subjects).toHaveLength(1);
  const trials = subjects[0]!.trials.map(({ member, slowdown }) => `${member} ${slowdown}`);
  expect(trials.toSorted()).toEqual(["plain 0", "plain 1", "se 0"]);
  expect(first.stdout).toContain("2 trials without a slowdown: too few to say anything");
});

it("measures a side that takes twice as long as taking about twice as long", async () => {
  const { subjects } = await readRecord();
  const { logRatios } = subjects[0]!.trials.find(({ slowdown }) => slowdown === 1)!;
  const { ratio } = overheadOfRounds(logRatios);
  expect(ratio).toBeGreaterThan(1.5);
  expect(ratio).toBeLessThan(3);
});

it("has nothing left to do when it is asked for the same again", async () => {
  const before = await readRecord();
  const { code, stderr } = await bench(...asked, "--out", directory);
  expect(stderr).not.toContain("was measured");
  expect(await readRecord()).toEqual(before);
  expect(code).toBe(0);
});
