import { expect, test } from "vitest";
import { criticalT, probabilityBeyond } from "./student-t.ts";

// The two-sided critical values are as printed in Abramowitz & Stegun, table 26.10.
const published: [degreesOfFreedom: number, at95: number, at99: number][] = [
  [1, 12.706, 63.657],
  [2, 4.303, 9.925],
  [3, 3.182, 5.841],
  [4, 2.776, 4.604],
  [5, 2.571, 4.032],
  [6, 2.447, 3.707],
  [7, 2.365, 3.499],
  [8, 2.306, 3.355],
  [9, 2.262, 3.25],
  [10, 2.228, 3.169],
  [15, 2.131, 2.947],
  [20, 2.086, 2.845],
  [30, 2.042, 2.75],
  [60, 2, 2.66],
  [120, 1.98, 2.617],
];

test.each(published)("at %i degrees of freedom, t is as published", (freedom, at95, at99) => {
  expect(criticalT(0.95, freedom)).toBeCloseTo(at95, 3);
  expect(criticalT(0.99, freedom)).toBeCloseTo(at99, 3);
});

test("with many degrees of freedom, t is the normal distribution's 1.96", () => {
  expect(criticalT(0.95, 100_000)).toBeCloseTo(1.959_96, 4);
});

test.each(published)(
  "at %i degrees of freedom, the published t leave 5 and 1 %",
  (freedom, at95, at99) => {
    // The last digit of the published values moves the probability by less than half a percent.
    expect(probabilityBeyond(at95, freedom) / 0.05).toBeCloseTo(1, 2);
    expect(probabilityBeyond(at99, freedom) / 0.01).toBeCloseTo(1, 2);
  },
);

// By hand: the quartiles of the Cauchy distribution are at 1; at 2 degrees of freedom
// the probability is 1 - t / sqrt(2 + t^2).
test.each([
  [1, 1, 0.5],
  [-1, 1, 0.5],
  [Math.SQRT2, 2, 1 - Math.SQRT1_2],
  [0, 7, 1],
  [1e9, 40, 0],
])("the probability beyond %f at %i degrees of freedom is %f", (t, freedom, probability) => {
  expect(probabilityBeyond(t, freedom)).toBeCloseTo(probability, 12);
});
