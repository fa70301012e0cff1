import { describe, expect, it, test } from "vitest";
import { keyMapOf } from "./keys.ts";

/** Tensors of one element, since layouts are told from keys alone. */
const tensorsOf = (keys: readonly string[]) =>
  new Map(keys.map((key) => [key, { dtype: "U8", shape: [1], bytes: new Uint8Array(1) } as const]));

// The keys are from the state dicts of Cadene's, timm's and torchvision's models.
const legacy = [
  "layer0.conv1.weight",
  "layer0.bn1.running_var",
  "layer1.0.conv1.weight",
  "layer1.0.se_module.fc1.weight",
  "last_linear.weight",
];
const timm = ["conv1.weight", "bn1.weight", "layer1.0.se.fc1.weight", "fc.weight"];
const timmSenet154 = ["conv1.0.weight", "conv1.1.weight", "bn1.weight", "layer1.0.se.fc1.bias"];
const torchvision = ["conv1.weight", "bn1.weight", "layer1.0.conv1.weight", "fc.weight"];

describe("who wrote a file is told from its keys", () => {
  it.each([
    ["legacy", legacy],
    ["legacy", ["layer0.conv1.weight", "last_linear.bias"]],
    ["legacy", ["layer4.2.se_module.fc2.bias"]],
    ["timm", timm],
    ["timm", timmSenet154],
    ["plain", torchvision],
    // Cadene's copy of torchvision's ResNet has the strides and pools of torchvision.
    ["plain", ["conv1.weight", "layer1.0.conv1.weight", "last_linear.weight"]],
    ["plain", []],
  ] as const)("%s: %j", (layout, keys) => {
    expect(keyMapOf(tensorsOf(keys)).layout).toBe(layout);
  });
});

test.each([
  [legacy, "conv1.weight", "layer0.conv1.weight"],
  [legacy, "bn1.running_mean", "layer0.bn1.running_mean"],
  [legacy, "conv3.weight", "layer0.conv3.weight"],
  [legacy, "layer1.0.conv1.weight", "layer1.0.conv1.weight"],
  [legacy, "layer1.0.bn1.bias", "layer1.0.bn1.bias"],
  [legacy, "layer3.5.se.fc1.bias", "layer3.5.se_module.fc1.bias"],
  [legacy, "layer2.0.downsample.1.running_var", "layer2.0.downsample.1.running_var"],
  [legacy, "fc.weight", "last_linear.weight"],
  [timm, "layer3.5.se.fc1.bias", "layer3.5.se.fc1.bias"],
  [timm, "fc.bias", "fc.bias"],
  [timmSenet154, "conv1.weight", "conv1.0.weight"],
  [timmSenet154, "bn1.weight", "conv1.1.weight"],
  [timmSenet154, "conv2.weight", "conv1.3.weight"],
  [timmSenet154, "bn2.running_mean", "conv1.4.running_mean"],
  [timmSenet154, "conv3.weight", "conv1.6.weight"],
  [timmSenet154, "bn3.running_var", "bn1.running_var"],
  [timmSenet154, "layer1.0.conv1.weight", "layer1.0.conv1.weight"],
  [torchvision, "bn1.weight", "bn1.weight"],
  // Inception-ResNet-v2 has a file of timm's own and one of Cadene's.
  [["conv2d_1a.conv.weight", "classif.weight"], "classif.weight", "classif.weight"],
  [["conv2d_1a.conv.weight", "last_linear.weight"], "classif.bias", "last_linear.bias"],
])("of a file with %j, %s is %s", (keys, parameter, key) => {
  expect(keyMapOf(tensorsOf(keys)).keyOf(parameter)).toBe(key);
});
