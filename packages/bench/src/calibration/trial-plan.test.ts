import type { CalibrationTrial } from "@sebench/results";
import { expect, test } from "vitest";
import { byProfile, planCases } from "../plan/case-plan.ts";
import { profiles } from "../plan/profile.ts";
import { planTrials } from "./trial-plan.ts";

const cases = planCases(
  [
    {
      runtime: "onnxruntime-node/cpu",
      host: "node",
      availability: {
        ok: true,
        version: "1.30.0",
        device: { name: "cpu", details: {} },
        software: false,
      },
    },
  ],
  profiles.quick,
  { ...byProfile, networks: ["resnet20", "resnet18"], lowerings: ["gemm"] },
);
const counts = { unslowed: 6, slowed: 2, slowdowns: [0.02, 0.1] };
const trial = (slowdown: number): CalibrationTrial => ({
  started: "2026-03-02T09:15:00.000Z",
  member: "plain",
  slowdown,
  logRatios: [[0], [0]],
  medianMs: [1, 1],
});

function tally(trials: ReturnType<typeof planTrials>): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { plan, slowdown } of trials) {
    const key = `${plan.network} ${slowdown}`;
    result[key] = (result[key] ?? 0) + 1;
  }
  return result;
}

test("each case gets its trials, with and without a slowdown", () => {
  expect(tally(planTrials(cases, counts, { seed: 1, done: () => [] }))).toEqual({
    "se-resnet20 0": 6,
    "se-resnet20 0.02": 2,
    "se-resnet20 0.1": 2,
    "se-resnet18 0": 6,
    "se-resnet18 0.02": 2,
    "se-resnet18 0.1": 2,
  });
});

test("both members stand against themselves equally often", () => {
  const unslowed = planTrials(cases, counts, { seed: 1, done: () => [] }).filter(
    ({ slowdown }) => slowdown === 0,
  );
  expect(unslowed.filter(({ member }) => member === "se")).toHaveLength(6);
});

test("what has been run is not run again", () => {
  const done = [
    ...Array.from({ length: 5 }, () => trial(0)),
    ...Array.from({ length: 9 }, () => trial(0.1)),
  ];
  const left = planTrials(cases, counts, {
    seed: 1,
    done: ({ network }) => (network === "se-resnet20" ? done : []),
  });
  expect(tally(left)).toMatchObject({ "se-resnet20 0": 1, "se-resnet20 0.02": 2 });
  expect(tally(left)).not.toHaveProperty("se-resnet20 0.1");
});

test("kinds of trials are mixed, and the same seed mixes them alike", () => {
  const order = (seed: number) =>
    planTrials(cases, counts, { seed, done: () => [] }).map(
      ({ plan, slowdown }) => `${plan.network} ${slowdown}`,
    );
  expect(order(3)).toEqual(order(3));
  expect(order(3)).not.toEqual(order(4));
  expect(new Set(order(3).slice(0, 8)).size).toBeGreaterThan(2);
});
