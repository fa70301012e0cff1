import { expect, test } from "vitest";
import {
  differenceOf,
  type GridDistribution,
  quantileOf,
  shareBelow,
} from "./grid-distribution.ts";

/** A normal distribution on 101 points. */
function normal(mean: number, deviation: number): GridDistribution {
  const [from, step] = [mean - 5 * deviation, deviation / 10];
  const weights = Float64Array.from({ length: 101 }, (_, at) =>
    Math.exp(-(((at - 50) / 10) ** 2) / 2),
  );
  return { from, step, weights };
}

test("quantiles and shares are those of the normal distribution, and inverses", () => {
  const given = normal(3, 0.5);
  expect(quantileOf(given, 0.5)).toBeCloseTo(3, 9);
  expect((quantileOf(given, 0.975) - 3) / 0.5).toBeCloseTo(1.96, 2);
  expect(shareBelow(given, 2)).toBeCloseTo(0.02275, 3);
  for (const share of [0.001, 0.3, 0.9]) {
    expect(shareBelow(given, quantileOf(given, share))).toBeCloseTo(share, 9);
  }
});

test.each([
  [1, 1, 0],
  [1, 1e-6, 0],
  [1e-3, 2, 0],
  [1, 2, 3],
])("the variances of %s squared, %s squared and %s add up in a difference", (one, other, noise) => {
  const difference = differenceOf(normal(5, one), normal(2, other), noise);
  const deviation = Math.sqrt(one ** 2 + other ** 2 + noise);
  expect(quantileOf(difference, 0.5)).toBeCloseTo(3, 3);
  expect(Math.abs((quantileOf(difference, 0.975) - 3) / deviation - 1.96)).toBeLessThan(0.01);
  expect(shareBelow(difference, 3 - 2 * deviation)).toBeCloseTo(0.02275, 3);
});

test("beyond its points a distribution has nothing", () => {
  expect(shareBelow(normal(0, 1), -6)).toBe(0);
  expect(shareBelow(normal(0, 1), 6)).toBe(1);
});
