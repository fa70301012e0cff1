import { expect, test } from "vitest";
import { carriesPercentile, percentileInterval } from "./order-statistic.ts";

function ranks(count: number, probability: number) {
  const ranked = Array.from({ length: count }, (_, index) => index + 1);
  return percentileInterval(ranked, probability);
}

function fewestThatCarry(probability: number, confidence?: number): number {
  let count = 1;
  while (!carriesPercentile(count, probability, confidence)) {
    count++;
  }
  return count;
}

// The ranks of the median's interval are those of Campbell & Gardner 1988, "Calculating
// confidence intervals for some non-parametric analyses", BMJ 296:1454.
test.each([
  [8, 1, 8],
  [9, 2, 8],
  [10, 2, 9],
  [20, 6, 15],
  [25, 8, 18],
  [30, 10, 21],
  [40, 14, 27],
  [50, 18, 33],
  [60, 22, 39],
])("the median of %i samples lies between the published ranks", (count, low, high) => {
  expect(ranks(count, 0.5)).toEqual([low, high]);
});

// The ranks come from scipy.stats.binom, with at most 2.5 % on either side.
test.each([
  [46, 0.9, 37, 46],
  [100, 0.9, 84, 96],
  [473, 0.99, 464, 473],
  [1000, 0.99, 983, 997],
  [200_000, 0.99, 197_912, 198_088],
])("of %i samples, the percentile %f lies between the binomial's ranks", (count, p, low, high) => {
  expect(ranks(count, p)).toEqual([low, high]);
});

test("at 99 % confidence, p90 and p99 need MLPerf's 64 and 662 samples", () => {
  expect(fewestThatCarry(0.9, 0.99)).toBe(64);
  expect(fewestThatCarry(0.99, 0.99)).toBe(662);
});

test("at 95 % confidence, p50, p90 and p99 need 8, 46 and 473 samples", () => {
  expect([0.5, 0.9, 0.99].map((p) => fewestThatCarry(p))).toEqual([8, 46, 473]);
});

test("samples that do not carry a percentile give no interval", () => {
  expect(ranks(45, 0.9)).toBeNull();
  expect(ranks(1, 0.5)).toBeNull();
  expect(ranks(0, 0.5)).toBeNull();
});
