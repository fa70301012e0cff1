import { expect, test } from "vitest";
import { rateAt } from "./settings.ts";

const cosine = { rate: 0.1, schedule: "cosine", warmUp: 1, scheduleEpochs: 5 } as const;

test.each([
  ["climbs in warm-up", 0, 0.01],
  ["is full at the end of warm-up", 9, 0.1],
  ["begins its cosine there", 10, 0.1],
  ["is half in the middle", 30, 0.05],
  ["is almost 0 at the last step", 49, 0.000_154_1],
])("the rate %s", (_what, step, rate) => {
  expect(rateAt(step, 10, cosine)).toBeCloseTo(rate, 6);
});

test.each([
  [0, 0.1],
  [19, 0.1],
  [20, 0.01],
  [29, 0.01],
  [30, 0.001],
  [39, 0.001],
])("in steps, the rate at step %d of 40 is %f", (step, rate) => {
  const settings = { rate: 0.1, schedule: "step", warmUp: 0, scheduleEpochs: 4 } as const;
  expect(rateAt(step, 10, settings)).toBeCloseTo(rate, 9);
});
