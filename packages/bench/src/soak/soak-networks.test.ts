import type { SoakMeasurement } from "@sebench/measure";
import { expect, test } from "vitest";
import { byProfile, type ProbedTarget } from "../plan/case-plan.ts";
import { describeSoak, planSoak } from "./soak-networks.ts";

/** What the oracle says of two batches of two images of three classes. */
const expected = Float64Array.of(1, 2, 3, 4, 9, 6, -7, -8, -9, 5, 5, 6);

const soakOf = (change: Partial<SoakMeasurement>): SoakMeasurement => ({
  runsMs: Array.from({ length: 100 }, () => 2),
  checkpoints: [
    { run: 1, batch: 0, logits: Float32Array.of(1, 2, 3, 4, 9, 6) },
    { run: 2, batch: 1, logits: Float32Array.of(-7, -8, -9, 5, 5, 6) },
  ],
  memory: [],
  changedAt: null,
  died: null,
  attestation: null,
  ...change,
});

const described = (change: Partial<SoakMeasurement>) =>
  describeSoak(
    soakOf(change),
    { logits: expected, classes: 3 },
    { plan: { batch: 2 }, tolerance: 1e-4 },
  );

test("each checkpoint is compared with the oracle's answer to its own images", () => {
  const { checkpoints } = described({}).parity;
  expect(checkpoints).toMatchObject([
    { run: 1, relative: 0, images: 2, pass: true },
    { run: 2, relative: 0, images: 2, pass: true },
  ]);
});

test("the answer to the images of the run before has lost parity", () => {
  const stale = { run: 2, batch: 1, logits: Float32Array.of(1, 2, 3, 4, 9, 6) };
  expect(described({ checkpoints: [stale] }).parity.checkpoints).toMatchObject([{ pass: false }]);
});

test("logits that are no numbers have lost parity, and no difference that could be written", () => {
  const broken = { run: 100, batch: 1, logits: Float32Array.of(-7, NaN, -9, 5, 5, 6) };
  expect(described({ checkpoints: [broken] }).parity.checkpoints).toMatchObject([
    { run: 100, relative: null, pass: false },
  ]);
});

const reading = (run: number, MiB: number | null) => ({
  run,
  residentBytes: (200 + run) * 2 ** 20,
  proportionalBytes: MiB === null ? null : MiB * 2 ** 20,
});
const runs = Array.from({ length: 21 }, (_, at) => at * 5);

test("growth is that of the proportional set size where it is told, and else of what is resident", () => {
  const told = described({ memory: runs.map((run) => reading(run, 100)) });
  expect(told.memory.growth).toEqual({ bytesPerRun: 0, interval: [0, 0], of: "proportional" });
  const untold = described({ memory: runs.map((run) => reading(run, null)) });
  expect(untold.memory.growth).toMatchObject({ bytesPerRun: 2 ** 20, of: "resident" });
});

test("a session that died at its first run has neither latency nor growth", () => {
  const died = described({ runsMs: [], checkpoints: [], memory: [reading(0, 100)] });
  expect(died).toMatchObject({ runs: 0, latency: null, memory: { growth: null } });
});

test("each network that is named is soaked by itself, on two batches at least", () => {
  const target: ProbedTarget = {
    runtime: "onnxruntime-node/cpu",
    host: "node",
    availability: { ok: false, reason: "none", remedy: "none" },
  };
  const planned = (networks: readonly string[] | null) => {
    const options = { selection: { ...byProfile, networks, batches: [8] } };
    return planSoak({ options }, [target]);
  };
  const names = (networks: readonly string[] | null) =>
    planned(networks).map(({ plan, member }) => `${member} of ${plan.network}`);
  expect(names(null)).toEqual(["se of se-resnet8"]);
  expect(names(["resnet8"])).toEqual(["plain of se-resnet8"]);
  expect(names(["se-resnet50", "resnet50", "se-resnet8"])).toEqual([
    "plain of se-resnet50",
    "se of se-resnet50",
    "se of se-resnet8",
  ]);
  expect(planned(["se-resnet50"])[0]!.plan.images.count).toBe(16);
});
