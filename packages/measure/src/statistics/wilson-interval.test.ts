import { expect, test } from "vitest";
import { wilsonInterval } from "./wilson-interval.ts";

// The intervals are those of Newcombe 1998, "Two-sided confidence intervals for the
// single proportion", table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("the interval of %i of %i is as published", (count, of, low, high) => {
  const interval = wilsonInterval(count, of);
  expect(interval[0]).toBeCloseTo(low, 4);
  expect(interval[1]).toBeCloseTo(high, 4);
});

test("the interval of all is that of none, turned around, and stays within 0 and 1", () => {
  const [low, high] = wilsonInterval(20, 20);
  expect(low).toBeCloseTo(1 - 0.1611, 4);
  expect(high).toBeCloseTo(1, 12);
  expect(high).toBeLessThanOrEqual(1);
});

test("no trials say nothing", () => {
  expect(wilsonInterval(0, 0)).toEqual([0, 1]);
});
