import { expect, test } from "vitest";
import { describeStep } from "./progress.ts";

test("a race is told by who raced, what was chosen and why, and how much time is gone", () => {
  const step = {
    where: "stage 3",
    incumbent: "gemm",
    standings: [
      { lowering: "a", ok: true, median: 0.97, ratio: 0.972, interval: [0.96, 0.98], rounds: 5 },
      { lowering: "b", ok: true, median: 1.02, ratio: 1.02, interval: null, rounds: 3 },
      { lowering: "c", ok: false, reason: "out of memory\nat stage" },
    ],
    chosen: ["a"],
    why: "faster beyond noise",
    elapsedMs: 61_000,
  } as const;
  expect(describeStep(step, 120)).toBe(
    "  stage 3: a -2.8 % [-4.0, -2.0], b +2.0 %, c failed, out of memory: a (faster beyond noise; 1 min 1 s of 2 min 0 s)",
  );
});
