import { expect, test } from "vitest";
import { type Axis, shareOf, ticksOf } from "./track-chart.ts";

function axis(scale: Axis["scale"], low: number, high: number): Axis {
  return { scale, extent: [low, high], reference: null, format: String };
}

test.each<[Axis, number, number]>([
  [axis("linear", 0, 200), 50, 0.25],
  [axis("linear", -10, 10), 0, 0.5],
  [axis("log", 1, 10_000), 10, 0.25],
  [axis("linear", 3, 3), 3, 0],
])("on %j, %d lies at %d of its length", (on, value, share) => {
  expect(shareOf(value, on)).toBeCloseTo(share, 12);
});

test.each<[Axis, number[]]>([
  [axis("linear", 0, 174), [0, 100]],
  [axis("linear", -3.4, 22.8), [0, 10, 20]],
  [axis("linear", -6.3, 8.2), [-5, 0, 5]],
  [axis("linear", 0, 0.9), [0, 0.5]],
  [axis("log", 0.25, 63), [1, 10]],
  [axis("log", 2, 9), []],
  [axis("linear", 7, 7), [7]],
])("the ticks of %j are %j", (on, ticks) => {
  expect(ticksOf(on)).toEqual(ticks);
});
