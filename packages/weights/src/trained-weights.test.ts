import { readFile } from "node:fs/promises";
import { buildNetwork } from "@sebench/spec";
import { expect, test } from "vitest";
import { readSafetensors } from "./safetensors/read-safetensors.ts";
import { toWeights } from "./safetensors/stored-weights.ts";
import { trainedNetworks, trainedWeights } from "./trained-weights.ts";
import { checkWeights } from "./weights/weights.ts";

test.each(trainedNetworks)(
  "the file of %s holds its parameters and nothing else",
  async (network) => {
    const { file } = trainedWeights(network, 32)!;
    const weights = toWeights(readSafetensors(await readFile(file)));
    expect(() => checkWeights(buildNetwork(network, { imageSize: 32 }), weights)).not.toThrow();
  },
);

test.each([
  ["se-resnet8", 28],
  ["se-resnet8{r=4}", 32],
  ["se-resnet56", 32],
])("none ship of %s at %i", (network, imageSize) => {
  expect(trainedWeights(network, imageSize)).toBeNull();
});
