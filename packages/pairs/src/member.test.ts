import { buildNetwork, classesOf, parametersOf } from "@sebench/spec";
import { partOf, readCheckpoint, seededWeights } from "@sebench/weights";
import { expect, test } from "vitest";
import { memberFrom, plainCounterpart } from "./member.ts";
import { checkpointBytes, legacyKeys } from "./testing/checkpoint-bytes.ts";

function fileOf(bytes: Uint8Array) {
  const path = "a.safetensors";
  return { path, stored: partOf(readCheckpoint(bytes, path), null, path) };
}

test("a member has the tensors of its file, by whatever keys", () => {
  const bytes = checkpointBytes("se-resnet8", { change: legacyKeys });
  const { weights } = memberFrom(fileOf(bytes), "se-resnet8", null);
  expect(weights).toEqual(seededWeights(buildNetwork("se-resnet8"), 7));
});

test("a member has as many classes as its file's classifier, at any image size", () => {
  const bytes = checkpointBytes("se-resnet8", { classes: 3 });
  const { network } = memberFrom(fileOf(bytes), "se-resnet8", 40);
  expect(classesOf(network)).toBe(3);
  expect(network.nodes[0]!.shape).toEqual([3, 40, 40]);
});

test("a plain counterpart has the tensors that both have, and as many classes", () => {
  const se = memberFrom(
    fileOf(checkpointBytes("se-resnet8{r=4}", { classes: 3 })),
    "se-resnet8{r=4}",
    null,
  );
  const plain = plainCounterpart(se, null);
  expect(plain.network.name).toBe("resnet8");
  expect(classesOf(plain.network)).toBe(3);
  expect([...plain.weights.keys()]).toEqual(parametersOf(plain.network).map(({ name }) => name));
  for (const [name, tensor] of plain.weights) expect(tensor).toBe(se.weights.get(name));
});

test("a file of the other member is refused, and described", () => {
  const plain = fileOf(checkpointBytes("resnet18"));
  expect(() => memberFrom(plain, "se-resnet18", null)).toThrow(
    "a.safetensors does not fit se-resnet18: 32 of 134 parameters missing: " +
      "layer1.0.se.fc1.weight [4, 64, 1, 1], layer1.0.se.fc1.bias [4], layer1.0.se.fc2.weight [64, 4, 1, 1] and 29 more; " +
      "its keys are those of a ResNet of 2 + 2 + 2 + 2 basic blocks without SE",
  );
});
