import { expect, test } from "vitest";
import { pairedRatio } from "./paired-ratio.ts";

test("what slows a whole round cancels", () => {
  const { median, ratio } = pairedRatio([11, 22, 33, 110], [10, 20, 30, 100]);
  expect([median, ratio]).toEqual([expect.closeTo(1.1, 12), expect.closeTo(1.1, 12)]);
});

// SciPy's stats.mstats.trimmed_mean_ci([0.01, 0.02, ..., 0.10], (0.2, 0.2)) gives
// [0.02555894, 0.08444106].
test("the interval is a t interval of the 20 % trimmed mean of the log-ratios", () => {
  const mediansMs = Array.from({ length: 10 }, (_, at) => 100 * Math.exp((at + 1) / 100));
  const { ratio, interval, rounds } = pairedRatio(mediansMs, Array(10).fill(100));
  expect(Math.log(ratio)).toBeCloseTo(0.055, 12);
  expect(interval!.map(Math.log)).toEqual([
    expect.closeTo(0.02555894, 7),
    expect.closeTo(0.08444106, 7),
  ]);
  expect(rounds).toBe(10);
});

test("one disturbed round does not move it", () => {
  const calm = [10, 10.1, 10.2, 10, 10.1];
  const disturbed = [...calm.slice(0, 4), 50];
  const reference = [10, 10, 10, 10, 10];
  expect(pairedRatio(disturbed, reference).ratio).toBeLessThan(1.02);
});

test("three rounds have no interval", () => {
  expect(pairedRatio([1, 2, 3], [1, 2, 3]).interval).toBeNull();
});
