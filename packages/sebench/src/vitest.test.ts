import type { Interval } from "@sebench/results";
import { describe, expect, test } from "vitest";
import { costOutcome } from "./vitest.ts";

function costing(ratio: number, interval: Interval | null) {
  return {
    overhead: { ratio, interval, replicas: [ratio], rounds: 10, stopped: "budget" },
  } as const;
}

const kept = costing(1.04, [1.02, 1.06]);
const broken = costing(1.1, [1.07, 1.13]);
const between = costing(1.06, [1.05, 1.07]);

test("an interval wholly within the limit passes", () => {
  expect(kept).toCostAtMost(0.06);
  expect(() => expect(kept).not.toCostAtMost(0.06)).toThrow(
    "expected SE not to cost at most 6.0 %, and it costs 4.0 % [2.0, 6.0]",
  );
});

test("an interval wholly above the limit fails", () => {
  expect(broken).not.toCostAtMost(0.06);
  expect(() => expect(broken).toCostAtMost(0.06)).toThrow(
    "expected SE to cost at most 6.0 %, and it costs 10.0 % [7.0, 13.0]",
  );
});

describe("an interval around the limit", () => {
  test("fails both ways, and says how to narrow it", () => {
    const message = /cannot tell .* 6\.0 %: it costs 6\.0 % \[5\.0, 7\.0\]\. .*budgetSeconds/;
    expect(() => expect(between).toCostAtMost(0.06)).toThrow(message);
    expect(() => expect(between).not.toCostAtMost(0.06)).toThrow(message);
  });

  test("is what a single replica leaves", () => {
    expect(() => expect(costing(1.01, null)).toCostAtMost(0.5)).toThrow("without an interval");
  });
});

test("a point estimate within the limit is not enough", () => {
  expect(costOutcome(costing(1.05, [1.01, 1.09]), 0.06, false).pass).toBe(false);
});

test("what is no record is refused", () => {
  expect(() => expect(0.05).toCostAtMost(0.06)).toThrow("measurePair");
});
