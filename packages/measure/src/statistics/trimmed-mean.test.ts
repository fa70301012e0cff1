import fc from "fast-check";
import { expect, test } from "vitest";
import { trimmedMean, varianceOfTrimmedMean } from "./trimmed-mean.ts";

// The values are those of scipy.stats.trim_mean.
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

// By hand, cutting one value at each end makes them 2, 2, 3, 4, 4, of variance 1, which
// gives 1 / (0.6^2 * 5).
test("how far it varies is told by the values without those that are cut off", () => {
  expect(varianceOfTrimmedMean([3, 1, 1e9, 2, 4], 0.2)).toBeCloseTo(1 / 1.8, 12);
});

// By hand, the variances are 10 / 4 and 35 / 12, over five and four values.
test("where nothing is cut off, it varies as the mean does", () => {
  expect(varianceOfTrimmedMean([1, 2, 3, 4, 5], 0)).toBeCloseTo(0.5, 12);
  expect(varianceOfTrimmedMean([1, 2, 3, 5], 0.2)).toBeCloseTo(35 / 48, 12);
});
