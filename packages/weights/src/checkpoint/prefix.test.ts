import { expect, test } from "vitest";
import { partOf } from "./prefix.ts";

function fileOf(...keys: readonly string[]) {
  const tensors = keys.map(
    (key) => [key, { dtype: "U8", shape: [1], bytes: new Uint8Array(1) } as const] as const,
  );
  return { tensors: new Map(tensors), metadata: new Map<string, string>() };
}

const own = ["conv1.weight", "layer1.0.conv1.weight", "layer1.0.se.fc1.weight", "fc.bias"];

test.each([
  "module.",
  "model.",
  "_orig_mod.",
  "backbone.",
  "timm_model.",
  "encoder.",
  "module._orig_mod.",
  "state_dict.model.backbone.",
])("the prefix %s of all keys is taken off", (prefix) => {
  const part = partOf(fileOf(...own.map((key) => prefix + key)), null, "a");
  expect([...part.tensors.keys()]).toEqual(own);
  expect(part.prefixes).toEqual([prefix]);
});

test("keys without a prefix stay as they are, and so do keys of no network", () => {
  const keys = [...own, "blocks.0.weight", "epoch", "module."];
  const part = partOf(fileOf(...keys), null, "a");
  expect([...part.tensors.keys()].toSorted()).toEqual(keys.toSorted());
  expect(part.prefixes).toEqual([]);
});

test("a body and a head of two prefixes are one network", () => {
  const part = partOf(fileOf("backbone.conv1.weight", "head.fc.weight"), null, "a");
  expect([...part.tensors.keys()]).toEqual(["conv1.weight", "fc.weight"]);
  expect(part.prefixes).toEqual(["backbone.", "head."]);
});

test("of several copies one is chosen, and without a choice the remedies are told", () => {
  const file = fileOf("conv1.weight", "ema.conv1.weight", "optimizer.state.0.step");
  expect(() => partOf(file, null, "a.safetensors")).toThrow(
    expect.objectContaining({
      message:
        "a.safetensors holds several copies of a network's weights, by the prefixes of their keys: 1 without a prefix, 1 ema.",
      remedy: "choose one with --weights-prefix none or --weights-prefix ema.",
    }),
  );
  expect(partOf(file, "none", "a").prefixes).toEqual([]);
  expect([...partOf(file, "ema", "a").tensors.keys()]).toEqual(["conv1.weight"]);
  expect(() => partOf(file, "swa.", "a")).toThrow("a has no keys with the prefix swa.");
});

test("head.fc is a classifier's own name where the network is timm's RegNet or VGG", () => {
  const part = partOf(fileOf("model.s1.b1.conv1.conv.weight", "model.head.fc.weight"), null, "f");
  expect([...part.tensors.keys()]).toEqual(["s1.b1.conv1.conv.weight", "head.fc.weight"]);
  expect(part.prefixes).toEqual(["model."]);
});
