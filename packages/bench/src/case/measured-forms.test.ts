import type { CaseMeasurement } from "@sebench/measure";
import { expect, test } from "vitest";
import { byProfile, planCases, type ProbedTarget } from "../plan/case-plan.ts";
import { profiles } from "../plan/profile.ts";
import { tooShort } from "./measured-forms.ts";

const target: ProbedTarget = {
  runtime: "onnxruntime-node/cpu",
  host: "node",
  availability: { ok: true, version: "", device: { name: "", details: {} }, software: false },
};

/** What is told where two forms that have a second each took so many replicas of so many seconds in all. */
function told(replicas: number, seconds: number): string | null {
  const selection = { ...byProfile, networks: ["se-resnet8"], seconds: 1 };
  const plans = planCases([target], profiles.quick, {
    ...selection,
    lowerings: ["gemm", "conv1x1"],
  });
  const measurement = {
    replicas: Array.from({ length: replicas }, () => ({})),
    replicasMs: 1000 * seconds,
  } as unknown as CaseMeasurement;
  return tooShort({ plans, measurements: [measurement, measurement], wallMs: 0 });
}

test("a case whose fewest replicas take far longer than its time says so", () => {
  expect(told(5, 8.1)).toBe(
    "se-resnet8: 2 s are too little; the fewest replicas and rounds, 5 of 5, took 8.1 s. --budget gives a case more",
  );
});

test("a case that had time for its replicas says nothing", () => {
  expect(told(5, 2.9)).toBeNull();
  expect(told(6, 8.1)).toBeNull();
});
