import { expect, test } from "vitest";
import { changePoints } from "./change-points.ts";
import { seededRandom } from "./random.ts";

/** Levels of `length` values each, with uniform noise of half-width `noise`. */
function series(levels: readonly number[], length: number, noise: number, seed = 1): number[] {
  const random = seededRandom(seed);
  return levels.flatMap((level) =>
    Array.from({ length }, () => level + noise * (2 * random() - 1)),
  );
}

test("a step is found where it is, with the levels on its sides", () => {
  const [found, ...others] = changePoints(series([1.1, 1.13], 30, 0.01));
  expect(others).toEqual([]);
  expect(Math.abs(found!.index - 30)).toBeLessThanOrEqual(1);
  expect(found!.before).toBeCloseTo(1.1, 2);
  expect(found!.after).toBeCloseTo(1.13, 2);
});

test("a step up and one back are both found", () => {
  const indices = changePoints(series([1, 1.1, 1], 25, 0.01)).map(({ index }) => index);
  expect(indices).toEqual([25, 50]);
});

test("a series without a change has none in 99 of 100", () => {
  const found = Array.from({ length: 100 }, (_, seed) => changePoints(series([1], 40, 0.01, seed)));
  expect(found.filter((points) => points.length > 0).length).toBeLessThanOrEqual(4);
});

test("one wild value is no change of level", () => {
  const values = series([1], 30, 0.01);
  values[15] = 3;
  expect(changePoints(values)).toEqual([]);
});

test.each([0, 1, 9])("%i values are too few for two levels of five", (length) => {
  expect(changePoints(series([1], length, 0))).toEqual([]);
});

test("values that are all the same have no change", () => {
  expect(changePoints(Array.from({ length: 30 }, () => 1))).toEqual([]);
});
