import type { RatioChange } from "@sebench/measure";
import { expect, test } from "vitest";
import { type Verdict, verdictsOf } from "./verdict.ts";

function change(ratio: number, low: number, high: number, pValue: number): RatioChange {
  return { ratio, interval: [low, high], pValue };
}

const slower = (pValue: number) => change(1.05, 1.03, 1.07, pValue);

const alone: [what: string, change: RatioChange | null, verdict: Verdict][] = [
  ["more, beyond doubt", slower(1e-6), "regressed"],
  ["more, with a p value of just 1 %", slower(0.01), "regressed"],
  ["more, with a p value over 1 %", slower(0.0101), "cannot tell"],
  ["less, beyond doubt", change(0.95, 0.93, 0.97, 1e-6), "improved"],
  [
    "more, beyond doubt, maybe by less than the threshold",
    change(1.03, 1.01, 1.05, 1e-6),
    "regressed",
  ],
  ["more, beyond doubt, by less than the threshold", change(1.005, 1.004, 1.006, 1e-9), "same"],
  ["less, beyond doubt, by less than the threshold", change(0.995, 0.994, 0.996, 1e-9), "same"],
  ["nothing that is shown to be small", change(1.001, 0.99, 1.012, 0.8), "same"],
  ["nothing that is shown, on a wide interval", change(1.01, 0.97, 1.05, 0.5), "cannot tell"],
  // The lower bound is 1 / 1.02, 0.98039, which 2 % more makes up for.
  ["an interval from 1 / 1.02", change(0.99, 0.9804, 1, 0.5), "same"],
  ["an interval from below that", change(0.99, 0.9803, 1, 0.5), "cannot tell"],
  ["a side with one replica", null, "cannot tell"],
];

test.each(alone)("%s", (_what, given, verdict) => {
  expect(verdictsOf([given], [0.02])).toEqual([verdict]);
});

// By Holm's method the smallest of three p values counts three times, and the next twice.
test("a p value that is enough alone is not enough as one of a suite", () => {
  const [enough, others] = [slower(0.004), slower(0.5)];
  const thresholds = [0.02, 0.02, 0.02];
  expect(verdictsOf([enough], thresholds)).toEqual(["regressed"]);
  expect(verdictsOf([others, enough, others], thresholds)[1]).toBe("cannot tell");
  expect(verdictsOf([slower(0.001), enough, others], thresholds).slice(0, 2)).toEqual([
    "regressed",
    "regressed",
  ]);
});

test("what cannot be tested is no part of the suite", () => {
  expect(verdictsOf([null, slower(0.004), null], [0.02, 0.02, 0.02])[1]).toBe("regressed");
});

test("each change has a threshold of its own", () => {
  const both = change(1.03, 1.025, 1.035, 1e-9);
  expect(verdictsOf([both, both], [0.02, 0.05])).toEqual(["regressed", "same"]);
});
