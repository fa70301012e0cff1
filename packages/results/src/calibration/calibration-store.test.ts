import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sampleHeader } from "../testing/sample-run.ts";
import { sampleCircumstances, sampleTrial } from "../testing/sample-trials.ts";
import type { CalibrationTrial } from "./calibration-record.ts";
import { calibrationPath, openCalibration, readCalibration } from "./calibration-store.ts";

const { machine } = sampleHeader;
const other = { ...sampleCircumstances, threads: 2 };
const [first, second, third] = [10, 11, 12].map((ms) =>
  sampleTrial(0, 0.01, { medianMs: [ms, ms, ms] }),
) as [CalibrationTrial, CalibrationTrial, CalibrationTrial];

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function subjects() {
  return (await readCalibration(folder, machine.key))!.subjects;
}

test("a machine that was not calibrated has none", async () => {
  expect(await readCalibration(folder, machine.key)).toBeNull();
});

test("the file is whole after every trial", async () => {
  const store = await openCalibration(join(folder, "deep", "down"), machine);
  for (const trial of [first, second]) {
    await store.append(sampleCircumstances, trial);
    expect(await readCalibration(join(folder, "deep", "down"), machine.key)).toEqual(store.record);
  }
  expect(store.record.subjects).toEqual([{ ...sampleCircumstances, trials: [first, second] }]);
});

test("before its first trial, it names the machine", async () => {
  await openCalibration(folder, machine);
  expect(await readCalibration(folder, machine.key)).toMatchObject({ machine, subjects: [] });
});

test("it goes on after it was opened again", async () => {
  await using earlier = await openCalibration(folder, machine);
  await earlier.append(sampleCircumstances, first);
  await expect(openCalibration(folder, machine)).rejects.toThrow("another calibration");
  await earlier[Symbol.asyncDispose]();
  await (await openCalibration(folder, machine)).append(sampleCircumstances, second);
  expect(await subjects()).toEqual([{ ...sampleCircumstances, trials: [first, second] }]);
});

test("trials in other circumstances are another subject", async () => {
  const store = await openCalibration(folder, machine);
  await store.append(sampleCircumstances, first);
  await store.append(other, second);
  await store.append(sampleCircumstances, third);
  expect(await subjects()).toEqual([
    { ...sampleCircumstances, trials: [first, third] },
    { ...other, trials: [second] },
  ]);
});

test("numbers are rounded to 1e-6, and each trial is on a line", async () => {
  const store = await openCalibration(folder, machine);
  const exact = { logRatios: [[0.123_456_789], [-0.000_000_51]], medianMs: [10.000_000_4, 9.87] };
  await store.append(sampleCircumstances, sampleTrial(0, 0, exact));
  await store.append(sampleCircumstances, first);
  expect((await subjects())[0]!.trials[0]).toMatchObject({
    logRatios: [[0.123_457], [-0.000_001]],
    medianMs: [10, 9.87],
  });
  const lines = (await readFile(store.path, "utf8")).split("\n");
  expect(lines.filter((line) => line.includes("logRatios"))).toHaveLength(2);
});

test("a file that was cut off is an error, and stays", async () => {
  const store = await openCalibration(folder, machine);
  await store.append(sampleCircumstances, first);
  await truncate(store.path, 700);
  const before = await readFile(store.path, "utf8");
  await expect(openCalibration(folder, machine)).rejects.toThrow(InputError);
  await expect(openCalibration(folder, machine)).rejects.toThrow("cut off");
  expect(await readFile(store.path, "utf8")).toBe(before);
});

test("a file that holds a subject twice is an error", async () => {
  const subject = { ...sampleCircumstances, trials: [first] };
  const record = { schema: "sebench-calibration/1", machine, subjects: [subject, subject] };
  await writeFile(calibrationPath(folder, machine.key), JSON.stringify(record));
  await expect(readCalibration(folder, machine.key)).rejects.toThrow("holds a subject twice");
});

test("a folder that cannot be written to is an error that names --out", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const error: unknown = await openCalibration(join(file, "calibration"), machine).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  expect(error).toMatchObject({ remedy: expect.stringContaining("--out") });
});
