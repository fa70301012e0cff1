import { buildNetwork, excitationsOf } from "@sebench/spec";
import { expect, test } from "vitest";
import { compareReplacement, fixedGatesOf, inJobs } from "./replaced-gates.ts";

test("every gate is fixed twice, at its own part of the means and at 1", () => {
  const excitations = excitationsOf(buildNetwork("se-resnet8", { imageSize: 28 }));
  const means = Float64Array.from({ length: 16 + 32 + 64 }, (_, at) => at / 128);
  const [untouched, ...fixed] = fixedGatesOf(excitations, means);
  expect(untouched).toBeNull();
  expect(fixed.map((of) => Object.keys(of!))).toEqual(
    [2, 2, 3, 3, 4, 4].map((stage) => [`stage${stage}/block0/excite/gate`]),
  );
  const [second] = Object.values(fixed[2]!);
  expect([second!.length, second![0], second![31]]).toEqual([32, 16 / 128, 47 / 128]);
  expect(new Set(Object.values(fixed[5]!)[0])).toEqual(new Set([1]));
});

test("models share a job as long as their weights are half a gibibyte", () => {
  const models = ["a", "b", "c", "d", "e"];
  expect(inJobs(models, 1000)).toEqual([models]);
  // 2^26 parameters are a quarter of a gibibyte.
  expect(inJobs(models, 2 ** 26)).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  expect(inJobs(models.slice(0, 2), 2 ** 30)).toEqual([["a"], ["b"]]);
});

test("a changed network is compared image by image", () => {
  const labels = Int32Array.of(0, 1, 2, 3, 4, 5);
  const untouched = Int32Array.of(0, 1, 2, 3, 9, 9);
  // The changed network is right on images 0 and 4: of the untouched network's four it loses three,
  // and it wins one.
  const changed = Int32Array.of(0, 9, 9, -1, 4, 9);
  const compared = compareReplacement(changed, untouched, labels);
  expect(compared).toMatchObject({ correct: 2, top1: 2 / 6, onlyChanged: 1, onlyUntouched: 3 });
  // The probability that four fair coins show one head or fewer is (1 + 4) / 16, on either side.
  expect(compared.p).toBeCloseTo(10 / 16, 12);
});
