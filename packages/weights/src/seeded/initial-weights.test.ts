import { buildNetwork } from "@sebench/spec";
import { expect, test } from "vitest";
import { initialWeights } from "./seeded-weights.ts";

const network = buildNetwork("se-resnet8");
const weights = initialWeights(network, 1);
const values = (name: string) => weights.get(name)!.data;

test("layers have He's variance, 2 / fanIn, and mean 0", () => {
  const data = values("layer3.0.conv2.weight");
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const square = data.reduce((sum, value) => sum + value * value, 0) / data.length;
  // The mean square of 36,864 values is known to 1 %.
  expect(square / (2 / (64 * 9))).toBeCloseTo(1, 1);
  expect(Math.abs(mean)).toBeLessThan(1e-3);
});

test.each([
  ["layer1.0.bn1.weight", 1],
  ["layer1.0.bn1.bias", 0],
  ["layer1.0.bn1.running_mean", 0],
  ["layer1.0.bn1.running_var", 1],
  ["layer1.0.se.fc1.bias", 0],
  ["fc.bias", 0],
])("%s begins at %d", (name, value) => {
  expect(new Set(values(name))).toEqual(new Set([value]));
});

test("a network and its plain counterpart begin alike", () => {
  const plain = initialWeights(buildNetwork("resnet8"), 1);
  for (const [name, { data }] of plain) expect(values(name)).toEqual(data);
});

test("another seed begins elsewhere", () => {
  expect(initialWeights(network, 2).get("conv1.weight")).not.toEqual(weights.get("conv1.weight"));
});
