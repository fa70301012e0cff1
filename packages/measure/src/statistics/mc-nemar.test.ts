import { expect, test } from "vitest";
import { mcNemar } from "./mc-nemar.ts";

// The values are those of SciPy 1.17's `binomtest(onlyFirst, onlyFirst + onlySecond, 0.5).pvalue`.
test.each([
  [1, 0, 1],
  [5, 1, 0.21875],
  [3, 15, 0.007537841796875],
  [12, 2, 0.012939453125],
  [25, 10, 0.016673847800120715],
  [59, 6, 4.964650327128616e-12],
  [700, 600, 0.0060157938610449395],
  [1200, 1000, 2.1817026407914194e-5],
])("%i images against %i are of p %d", (onlyFirst, onlySecond, expected) => {
  expect(mcNemar(onlyFirst, onlySecond) / expected).toBeCloseTo(1, 9);
});

test("which of the two is first does not matter", () => {
  expect(mcNemar(2, 12)).toBe(mcNemar(12, 2));
});

test.each([0, 8, 900])("%i against as many tell nothing", (count) => {
  expect(mcNemar(count, count)).toBe(1);
});

test("thousands against none are of a p value that is a number", () => {
  expect(mcNemar(0, 5000)).toBe(0);
});
