import { expect, test } from "vitest";
import { describeKeys } from "./describe-keys.ts";

/** The keys of a ResNet with `blocks` blocks in its stages, each block of these parts. */
function resnet(blocks: readonly number[], parts: readonly string[]): string[] {
  return blocks.flatMap((count, stage) =>
    Array.from({ length: count }, (_, block) =>
      parts.map((part) => `layer${stage + 1}.${block}.${part}`),
    ).flat(),
  );
}

const basic = ["conv1.weight", "conv2.weight"];

test.each([
  [
    [...resnet([3, 4, 23, 3], [...basic, "conv3.weight"]), "fc.weight"],
    "its keys are those of a ResNet of 3 + 4 + 23 + 3 bottleneck blocks without SE",
  ],
  [
    resnet([2, 2, 2, 2], [...basic, "se.fc1.weight"]),
    "its keys are those of a ResNet of 2 + 2 + 2 + 2 basic blocks with SE, named se.fc1",
  ],
  [
    resnet([3, 8, 36, 3], [...basic, "conv3.weight", "se_module.fc1.bias"]),
    "its keys are those of a ResNet of 3 + 8 + 36 + 3 bottleneck blocks with SE, named se_module.fc1",
  ],
  [
    ["features.0.0.weight", "features.0.1.weight", "features.0.1.bias", "classifier.1.weight"],
    "its keys are features.0.0.weight, features.0.1.weight, features.0.1.bias and so on",
  ],
  [["bert weight\u001B[31m"], 'its keys are "bert weight\\u001b[31m"'],
  [[], "it holds no tensor"],
])("the network is described", (keys, description) => {
  expect(describeKeys(keys)).toBe(description);
});
