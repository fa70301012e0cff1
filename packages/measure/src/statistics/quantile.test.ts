import fc from "fast-check";
import { expect, test } from "vitest";
import { ascending, median, quantile } from "./quantile.ts";

// The values are those of numpy.quantile(..., method="median_unbiased"), which is type 8.
test("quantiles agree with NumPy's type 8", () => {
  const sorted = ascending([12.1, 3.4, 5.5, 9.9, 7.25, 1, 2.75]);
  const expected = new Map([
    [0, 1],
    [0.05, 1],
    [0.1, 1.1166666666666667],
    [0.25, 2.8583333333333334],
    [0.5, 5.5],
    [0.75, 9.458333333333332],
    [0.9, 11.953333333333333],
    [0.95, 12.1],
    [1, 12.1],
  ]);
  for (const [probability, value] of expected) {
    expect(quantile(sorted, probability)).toBeCloseTo(value, 12);
  }
});

test("the median of an even count is the mean of the middle two", () => {
  expect(median([8, 1, 4, 2])).toBe(3);
});

test("quantiles of one value are that value", () => {
  expect(quantile([3.5], 0.99)).toBe(3.5);
});

test("a higher probability never gives a lower quantile", () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true });
  const values = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, probability, probability, (samples, p, q) => {
      const sorted = ascending(samples);
      expect(quantile(sorted, Math.min(p, q))).toBeLessThanOrEqual(
        quantile(sorted, Math.max(p, q)),
      );
    }),
  );
});
