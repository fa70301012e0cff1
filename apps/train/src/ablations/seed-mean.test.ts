import { expect, test } from "vitest";
import { intervalFactor, seedMean } from "./seed-mean.ts";

// By hand, s = 1 and the standard error is 1 / sqrt(3). Tables of t have 4.30265 at 2 degrees of freedom,
// where p = 1 - t / sqrt(2 + t^2), and t = sqrt(12).
test("three seeds give Student's t at two degrees of freedom", () => {
  const { mean, interval, pValue } = seedMean([1, 2, 3]);
  expect(mean).toBe(2);
  expect(interval![0]).toBeCloseTo(2 - 2.484_14, 4);
  expect(interval![1]).toBeCloseTo(2 + 2.484_14, 4);
  expect(pValue).toBeCloseTo(1 - Math.sqrt(12 / 14), 10);
});

// By hand, the standard error is 1. At one degree of freedom t is 12.7062, and p = 1 - 2 atan(t) / pi.
test("two seeds give an interval of 12.7 standard errors each way", () => {
  const { interval, pValue } = seedMean([1, 3]);
  expect(interval![0]).toBeCloseTo(-10.7062, 4);
  expect(interval![1]).toBeCloseTo(14.7062, 4);
  expect(pValue).toBeCloseTo(0.295_167, 6);
});

test.each([[[4]], [[4, 4, 4]]])("%o cannot tell how seeds differ", (values) => {
  expect(seedMean(values)).toEqual({ mean: 4, interval: null, pValue: null });
});

// The values are from tables of Student's t, two-sided at 95 %.
test.each([
  [2, 12.706],
  [3, 4.303],
  [5, 2.776],
])("the interval of %d seeds is %d standard errors each way", (seeds, factor) => {
  expect(intervalFactor(seeds)).toBeCloseTo(factor, 3);
});
