import { expect, test } from "vitest";
import { criticalT } from "./student-t.ts";

// Two-sided critical values as printed in Abramowitz & Stegun, table 26.10.
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
