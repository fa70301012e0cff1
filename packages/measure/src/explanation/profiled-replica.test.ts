import { expect, test } from "vitest";
import { latencyMs, memberProfile } from "./profiled-replica.ts";

const kernels = (...ms: number[]) => [{ node: "stem/conv", op: "Conv", inputs: 3, ms }];

test("the faster half of the runs counts, whole, so that kernels still add up", () => {
  // The runs of 9, 10 and 11 ms count, of five; the kernels of the others count nowhere.
  const runMs = [10, 30, 11, 9, 12];
  const profile = memberProfile({ clock: "host", runMs, kernels: kernels(5, 0, 6, 4, 0) }, 0);
  expect(profile.runs).toBe(3);
  expect(profile.runMs).toBeCloseTo(10, 9);
  expect(profile.kernels[0]!.ms).toBeCloseTo(5, 9);
});

test("runs that only warmed up count nowhere", () => {
  const runMs = [5, 4, 10, 12];
  const profile = memberProfile({ clock: "host", runMs, kernels: kernels(3, 2, 5, 7) }, 2);
  expect(profile.runMs).toBe(10);
  expect(profile.kernels[0]!.ms).toBe(5);
});

test("a latency is a mean of the faster half of all rounds' runs", () => {
  expect(latencyMs([[10, 30], [11, 9], [12]])).toBe(10);
});
