import fc from "fast-check";
import { expect, test } from "vitest";
import { trimmedMean } from "./trimmed-mean.ts";

// scipy.stats.trim_mean.
test("the 20 % trimmed mean agrees with SciPy", () => {
  expect(trimmedMean([3, 1, 4, 1, 5, 9, 2, 6, 5, 35], 0.2)).toBeCloseTo(4.166666666666667, 12);
  expect(trimmedMean([3, 1, 4, 1, 5, 9, 2, 6, 5], 0.2)).toBeCloseTo(3.7142857142857144, 12);
});

test("one wild value in five does not move it", () => {
  expect(trimmedMean([1, 2, 3, 4, 1e9], 0.2)).toBe(3);
});

test("it turns its sign with its values, so that swapping the members inverts the ratio", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
      const negated = values.map((value) => -value);
      expect(trimmedMean(negated, 0.2)).toBeCloseTo(-trimmedMean(values, 0.2), 6);
    }),
  );
});
