import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sampleHeader } from "../testing/sample-run.ts";
import { type Tuning, tuningOf } from "./tuning-record.ts";
import { openTuning, readTuning, tuningPath } from "./tuning-store.ts";

const { machine } = sampleHeader;
const tuning: Tuning = {
  runtime: "onnxruntime-node/cpu",
  host: "node",
  network: "se-resnet50{layout=timm}",
  imageSize: 224,
  batch: 1,
  precision: "fp32",
  threads: null,
  engineVersion: "1.30.0",
  hostVersion: "v20.20.2",
  tuned: "2026-03-02T09:15:00.000Z",
  seed: 1,
  seconds: 120,
  naive: "gemm",
  lowering: "2-3:squeeze-fold+scale-fold/4-5:squeeze-fold+gate-resize",
  plainMs: 43.2,
  overhead: {
    naive: { ratio: 1.11, interval: [1.1, 1.12] },
    tuned: { ratio: 1.05, interval: [1.04, 1.06] },
  },
  gain: { ratio: 0.946, interval: [0.94, 0.95] },
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test("a machine on which nothing was tuned has no record", async () => {
  expect(await readTuning(folder, machine.key)).toBeNull();
});

test("what is put is read again", async () => {
  const store = await openTuning(join(folder, "deep"), machine);
  await store.put(tuning);
  expect(await readTuning(join(folder, "deep"), machine.key)).toEqual({
    schema: "sebench-tuning/1",
    machine,
    tunings: [tuning],
  });
});

test("the same case, tuned again, takes the place of what was found before", async () => {
  const earlier = await openTuning(folder, machine);
  await earlier.put(tuning);
  await expect(openTuning(folder, machine)).rejects.toThrow("another tuning");
  await earlier[Symbol.asyncDispose]();
  const again = { ...tuning, lowering: "squeeze-fold", tuned: "2026-03-03T09:15:00.000Z" };
  const store = await openTuning(folder, machine);
  await store.put(again);
  expect(store.record.tunings).toEqual([again]);
});

test.each([
  { runtime: "onnxruntime-web/wasm" },
  { host: "bun" as const },
  { network: "se-resnet50" },
  { imageSize: 64 },
  { batch: 8 },
  { precision: "fp16" as const },
  { threads: 1 },
])("a recipe is for its own case alone, not for another %o", async (changed) => {
  const store = await openTuning(folder, machine);
  await store.put(tuning);
  expect(tuningOf(store.record, tuning)).toEqual(tuning);
  expect(tuningOf(store.record, { ...tuning, ...changed })).toBeUndefined();
});

test("numbers are rounded to 1e-6, and each case is on a line", async () => {
  const store = await openTuning(folder, machine);
  await store.put({ ...tuning, plainMs: 43.234_567_89 });
  await store.put({ ...tuning, threads: 1 });
  const lines = (await readFile(store.path, "utf8")).split("\n");
  expect(lines.filter((line) => line.includes('"plainMs"'))).toHaveLength(2);
  expect((await readTuning(folder, machine.key))!.tunings[0]!.plainMs).toBe(43.234_568);
});

test("a file that holds a case twice is an error", async () => {
  const record = { schema: "sebench-tuning/1", machine, tunings: [tuning, tuning] };
  await writeFile(tuningPath(folder, machine.key), JSON.stringify(record));
  await expect(readTuning(folder, machine.key)).rejects.toThrow("holds a case twice");
});
