import { expect, test } from "vitest";
import { theilSen } from "./drift.ts";

const along = (xs: readonly number[], ys: readonly number[]) =>
  xs.map((x, at) => [x, ys[at]!] as const);
const steps = (count: number, by: number, from = 0) =>
  Array.from({ length: count }, (_, at) => from + at * by);

// The slopes and intervals are those of scipy 1.17, stats.theilslopes(y, x, 0.95).
test.each([
  {
    what: "heavy-tailed noise",
    points: along(
      steps(20, 50, 50),
      [
        100.074, 101.659, 104.725, 102.372, 105.748, 105.113, 107.137, 107.941, 106.814, 109.054,
        110.7, 112.441, 111.03, 109.201, 81.276, 115.961, 115.744, 116.482, 119.216, 121.937,
      ],
    ),
    expected: [0.01931631016042781, 0.016513846153846146, 0.021807999999999994],
  },
  {
    what: "values that are equal",
    points: along(steps(12, 10), [5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7]),
    expected: [0.02, 0.0125, 0.025],
  },
  {
    what: "two values that are anything",
    points: along(steps(9, 1), [0, 1, 2, 3, 50, 5, 6, -40, 8]),
    expected: [1, -6.833333333333333, 1],
  },
  { what: "one value", points: along(steps(10, 1), steps(10, 0, 1)), expected: [0, 0, 0] },
])("the slope of $what and its interval are scipy's", ({ points, expected }) => {
  const { slope, interval } = theilSen(points)!;
  for (const [at, value] of [slope, ...interval].entries()) {
    expect(value).toBeCloseTo(expected[at]!, 10);
  }
});

test("few points, and points at one place, have no slope", () => {
  expect(theilSen(along(steps(7, 1), steps(7, 1)))).toBeNull();
  expect(theilSen(along(steps(9, 0), steps(9, 1)))).toBeNull();
});
