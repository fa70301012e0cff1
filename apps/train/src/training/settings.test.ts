import { expect, test } from "vitest";
import { defaultSettings, trainingSettings } from "./settings.ts";

test("settings of a log that is older than the choice of when to evaluate are of each epoch", () => {
  const { evaluate: _evaluate, ...older } = { ...defaultSettings, network: "resnet8" };
  expect(trainingSettings.parse(older)).toEqual({ ...older, evaluate: "each-epoch" });
});
