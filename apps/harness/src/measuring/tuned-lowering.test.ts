import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTunings } from "@sebench/bench";
import { describeMachine, openTuning, type Tuning } from "@sebench/results";
import { afterEach, beforeEach, expect, test } from "vitest";
import { benchHere } from "../testing/bench.ts";

const tuning: Tuning = {
  runtime: "onnxruntime-web/wasm",
  host: "chromium",
  network: "se-resnet50{layout=timm}",
  imageSize: 192,
  batch: 2,
  precision: "fp16",
  threads: 1,
  engineVersion: "1.30.0",
  hostVersion: "147.0.7727.0",
  tuned: "2026-03-02T09:15:00.000Z",
  seed: 1,
  seconds: 120,
  naive: "gemm",
  lowering: "2-3:squeeze-fold/4-5:gate-resize",
  plainMs: 430,
  overhead: {
    naive: { ratio: 1.11, interval: null },
    tuned: { ratio: 1.05, interval: null },
  },
  gain: { ratio: 0.946, interval: null },
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test("a case that was tuned has its recipe", async () => {
  await (await openTuning(folder, await describeMachine())).put(tuning);
  expect((await readTunings(folder))(tuning)).toBe("2-3:squeeze-fold/4-5:gate-resize");
});

test("for one that was not, the error names the command to run", async () => {
  const recipeOf = await readTunings(folder);
  expect(() => recipeOf(tuning)).toThrow(
    expect.objectContaining({
      name: "InputError",
      message:
        "nothing was tuned on this machine for se-resnet50{layout=timm} at 192 px, batch 2, fp16, on onnxruntime-web/wasm on chromium with --threads 1",
      remedy:
        "run it once: pnpm bench tune --runtime onnxruntime-web/wasm --host chromium --network 'se-resnet50{layout=timm}' --size 192 --batch 2 --precision fp16 --threads 1",
    }),
  );
});

test("export says so too, of a case that nobody tunes", async () => {
  const asked = ["--network", "se-resnet8", "--size", "31", "--lowering", "tuned"];
  const { code, stderr } = await benchHere("export", ...asked, "--out", join(folder, "a.onnx"));
  expect(code).toBe(2);
  expect(stderr).toContain("pnpm bench tune --runtime onnxruntime-node/cpu --host node");
});

test("tune asks for a runtime and a network", async () => {
  expect((await benchHere("tune", "--network", "se-resnet8")).stderr).toContain("--runtime");
  expect((await benchHere("tune", "--runtime", "onnxruntime-node/cpu")).stderr).toContain(
    "--network",
  );
});
