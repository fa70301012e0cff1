import { expect, test } from "vitest";
import { attributeDifferences, type DifferingRounds } from "./attribute-differences.ts";

/** Rounds in which SE adds 1 ms of squeeze, 2 of excite, and 3 of scale to 10 ms of plain. */
const rounds = (slow: readonly number[], scaleMs = 3): DifferingRounds => {
  const of = (ms: number) => slow.map((more) => ms + more);
  return {
    plain: of(10),
    se: of(16),
    "without squeeze": of(15),
    "without excite": of(14),
    "scale alone": of(10 + scaleMs),
  };
};

test("the time of each step is what the network saves without it", () => {
  // What slows a whole round cancels, and one round that is far off is cut off.
  const found = attributeDifferences([rounds([0, 5, 1, 0]), rounds([2, 0, 0, 0])]);
  expect(found.measured.ms).toBeCloseTo(6, 12);
  expect(found.squeeze.ms).toBeCloseTo(1, 12);
  expect(found.excite.ms).toBeCloseTo(2, 12);
  expect(found.scale.ms).toBeCloseTo(3, 12);
  expect(found.rest.ms).toBeCloseTo(0, 12);
});

test("what the steps do not add up to is the rest", () => {
  const { scale, rest, measured } = attributeDifferences([rounds([0, 0, 0, 0], 3.5)]);
  expect([scale.ms, rest.ms, measured.ms]).toEqual([3.5, -0.5, 6]);
});

test("one replica has no interval, and two have a t interval of how they differ", () => {
  expect(attributeDifferences([rounds([0])]).scale.interval).toBeNull();
  const { scale } = attributeDifferences([rounds([0], 3), rounds([0], 4)]);
  // The t of one degree of freedom, 12.706, times the standard error, 0.5.
  expect(scale.ms).toBe(3.5);
  expect(scale.interval![0]).toBeCloseTo(3.5 - 6.353, 3);
  expect(scale.interval![1]).toBeCloseTo(3.5 + 6.353, 3);
});

test("a round that is disturbed moves nothing", () => {
  const calm = rounds([0, 0, 0, 0, 0]);
  const disturbed = { ...calm, se: [16, 16, 16, 16, 90] };
  expect(attributeDifferences([disturbed]).squeeze.ms).toBe(1);
});
