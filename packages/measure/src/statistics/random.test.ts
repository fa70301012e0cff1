import { expect, test } from "vitest";
import { seededRandom, xoshiro128 } from "./random.ts";

// The numbers are the test vector of rust-random's rand_xoshiro, made with the authors' C code.
test("xoshiro128** gives the numbers of the reference implementation", () => {
  const next = xoshiro128([1, 2, 3, 4]);
  expect(Array.from({ length: 10 }, next)).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
    4258142804,
  ]);
});

test("neighbouring seeds give unrelated numbers between 0 and 1", () => {
  const draws = [0, 1, 2, -1].flatMap((seed) => Array.from({ length: 500 }, seededRandom(seed)));
  expect(new Set(draws).size).toBe(draws.length);
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...draws)).toBeLessThan(1);
  const average = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
  // The bound is five standard errors of the mean of 2000 uniform numbers.
  expect(Math.abs(average - 0.5)).toBeLessThan(5 / Math.sqrt(12 * 2000));
});
