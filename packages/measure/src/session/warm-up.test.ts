import { expect, test } from "vitest";
import { seededRandom } from "../statistics/random.ts";
import { hasSettledAgain, isSteady } from "./warm-up.ts";

/** The window at which a series first counts as steady, or null if it never does. */
function settlesAt(series: readonly number[]): number | null {
  const windows = series.findIndex((_, index) => isSteady(series.slice(0, index + 1), 0.02));
  return windows < 0 ? null : windows + 1;
}

const series = (length: number, at: (window: number) => number): number[] =>
  Array.from({ length }, (_, window) => at(window));

test("times that do not move are steady after six windows", () => {
  expect(settlesAt(series(20, () => 10))).toBe(6);
});

test("a cold start that decays is waited out until within tolerance", () => {
  const decay = (window: number) => 10 * (1 + 2 * Math.exp(-window / 2));
  const settled = settlesAt(series(40, (window) => decay(window) + (window % 2) * 0.01))!;
  expect(decay(settled - 5) / 10).toBeLessThan(1.03);
  expect(settled).toBeLessThan(20);
});

test("a drift of 1 % a window is not steady", () => {
  expect(settlesAt(series(40, (window) => 10 * 0.99 ** window))).toBeNull();
});

test("times that fall from each window to the next are not steady, however slowly", () => {
  expect(settlesAt(series(40, (window) => 10 - 0.001 * window))).toBeNull();
});

test("a step, as when code is compiled, is waited out", () => {
  const step = series(20, (window) => (window < 4 ? 14 : 10));
  expect(settlesAt(step)).toBe(4 + 5);
});

test("one disturbed window does not delay it", () => {
  expect(settlesAt(series(6, (window) => (window === 3 ? 25 : 10)))).toBe(6);
});

test("noise of 1 % settles within a few windows", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = seededRandom(seed);
    expect(settlesAt(series(30, () => 10 + 0.2 * (random() - 0.5)))).toBeLessThanOrEqual(9);
  }
});

test("a later session has settled again once two windows were as fast as before, whatever disturbs others", () => {
  expect(hasSettledAgain([10.1, 14], 10, 0.02)).toBe(false);
  expect(hasSettledAgain([10.1, 14, 13, 10.2], 10, 0.02)).toBe(true);
  expect(hasSettledAgain([10.3, 10.3, 10.3, 10.3], 10, 0.02)).toBe(false);
});
