import { expect, test } from "vitest";
import { deviationOf, GateStatistics } from "./gate-statistics.ts";

/**
 * Statistics of rows of two values: [1, 10] and [3, 10] of class 0; [5, 10], [7, 10] and [9, 10] of
 * class 4.
 */
function smallRows(): GateStatistics {
  const statistics = new GateStatistics(2);
  for (const [label, value] of [
    [4, 5],
    [0, 1],
    [4, 7],
    [0, 3],
    [4, 9],
  ] as const) {
    statistics.add(label, Float32Array.of(value, 10));
  }
  return statistics;
}

test("the mean and the deviation of all images are those of the five values", () => {
  const { all } = smallRows();
  // The mean is (1 + 3 + 5 + 7 + 9) / 5, and the distances are -4, -2, 0, 2, 4: 40 / 5 = 8.
  expect([...all.mean]).toEqual([5, 10]);
  expect(deviationOf(all)[0]).toBeCloseTo(Math.sqrt(8), 12);
  expect(deviationOf(all)[1]).toBe(0);
});

test("each class has its own, in the order of labels", () => {
  const { classes } = smallRows();
  expect([...classes].map(([label, { rows, mean }]) => [label, rows, mean[0]])).toEqual([
    [0, 2, 2],
    [4, 3, 7],
  ]);
  // The distances are -1 and 1 in class 0, so 2 / 2, and -2, 0, 2 in class 4, so 8 / 3.
  expect(deviationOf(classes.get(0)!)[0]).toBeCloseTo(1, 12);
  expect(deviationOf(classes.get(4)!)[0]).toBeCloseTo(Math.sqrt(8 / 3), 12);
});

test("the share between classes leaves out what chance gives", () => {
  // The squares are 40 in all and 2 + 8 within classes: 1 - (10 / 3) / (40 / 4).
  expect(smallRows().betweenClasses(0, 1)).toBeCloseTo(2 / 3, 12);
});

test("values that never change have no variance to share", () => {
  expect(smallRows().betweenClasses(1, 2)).toBeNull();
});

test("a single class has nothing to be told from", () => {
  const statistics = new GateStatistics(1);
  for (const value of [1, 2, 4]) statistics.add(3, Float32Array.of(value));
  expect(statistics.betweenClasses(0, 1)).toBeNull();
});

test("small differences of large values are not lost", () => {
  const statistics = new GateStatistics(1);
  for (const value of [0.9999999, 0.9999998, 0.9999999, 0.9999998]) {
    statistics.add(0, Float32Array.of(value));
  }
  const [high, low] = Float32Array.of(0.9999999, 0.9999998);
  expect(deviationOf(statistics.all)[0]! / ((high! - low!) / 2)).toBeCloseTo(1, 6);
});
