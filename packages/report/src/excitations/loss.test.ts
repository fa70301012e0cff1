import { expect, test } from "vitest";
import { sampleExcitations } from "../testing/sample-excitations.ts";
import { lossesOf, pairedInterval } from "./loss.ts";

test("the interval is Bonett and Price's", () => {
  // Airway hyper-responsiveness of 21 children before and after a transplantation, table V of
  // Fagerland, Lydersen and Laake 2014: 1 child only before, 7 only after.
  const [low, high] = pairedInterval(1, 7, 21);
  expect(low).toBeCloseTo(-0.508, 3);
  expect(high).toBeCloseTo(-0.013, 3);
});

test("no image that tells two networks apart still leaves an interval", () => {
  // 1.96 * sqrt(2 / 402 / 402) = 0.0069.
  const [low, high] = pairedInterval(0, 0, 400);
  expect(high).toBeCloseTo(0.0069, 4);
  expect(low).toBe(-high);
});

test("the interval ends where shares do", () => {
  expect(pairedInterval(3, 0, 3)[1]).toBe(1);
});

test("a loss is of the images that only the untouched network has right, less the others", () => {
  const losses = lossesOf(sampleExcitations);
  expect(losses.map(({ byMean }) => byMean.share)).toEqual([0, 17 / 400, 2 / 400]);
  expect(losses.map(({ byOne }) => byOne.share)).toEqual([10 / 400, 55 / 400, -10 / 400]);
});

test("p values are adjusted for all the replacements of the record", () => {
  const [first, second, third] = lossesOf(sampleExcitations);
  // Of six tests the smallest p counts six times, the second five times, the third four.
  expect(second!.byOne.p).toBeCloseTo(6 * 4.869_560_7e-13, 18);
  expect(second!.byMean.p).toBeCloseTo(5 * 0.000_488_281_25, 12);
  expect(first!.byOne.p).toBeCloseTo(4 * 0.012_939_453_125, 12);
  expect(third!.byOne.p).toBeCloseTo(4 * 0.012_939_453_125, 12);
  expect(third!.byMean.p).toBe(1);
});

test("what neither the interval nor p tells apart is told from what only the interval does", () => {
  const verdicts = lossesOf(sampleExcitations).map(({ byMean, byOne }) => [
    byMean.verdict,
    byOne.verdict,
  ]);
  expect(verdicts).toEqual([
    ["cannot tell", "open"],
    ["loses", "loses"],
    ["cannot tell", "open"],
  ]);
});
