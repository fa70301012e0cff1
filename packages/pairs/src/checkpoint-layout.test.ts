import { keyMapOf } from "@sebench/weights";
import { checkpointGoldens } from "@sebench/weights/testing";
import { expect, test } from "vitest";
import { chooseLayout } from "./checkpoint-layout.ts";

test.each([
  [
    "se-resnet50",
    "legacy",
    "se-resnet50{layout=timm-legacy}",
    "legacy keys, so layout=timm-legacy",
  ],
  ["se-resnet50{r=8}", "timm", "se-resnet50{r=8,layout=timm}", "timm's keys, so layout=timm"],
  ["resnet50", "plain", "resnet50", "plain keys, so layout=torchvision"],
  ["senet154", "legacy", "senet154", "legacy keys, so layout=timm-legacy"],
  ["senet154", "timm", "senet154{layout=timm}", "timm's keys, so layout=timm"],
] as const)("%s with %s keys is %s, and this is told", (name, keys, network, note) => {
  expect(chooseLayout(name, { keys })).toEqual({ network, note });
});

test.each([
  ["se-resnet50{layout=timm-legacy}", "legacy", "se-resnet50{layout=timm-legacy}"],
  ["legacy_seresnet50", "legacy", "se-resnet50{layout=timm-legacy}"],
  ["resnet50{layout=timm-legacy}", "plain", "resnet50{layout=timm-legacy}"],
] as const)("%s states its layout, and %s keys agree", (name, keys, network) => {
  expect(chooseLayout(name, { keys })).toEqual({ network, note: null });
});

test.each([
  [
    "se-resnet18{ layout = torchvision }",
    "timm",
    "se-resnet18",
    "timm's keys, but layout=torchvision is asked for",
  ],
  ["seresnet50", "legacy", "se-resnet50{layout=timm}", "legacy keys, but layout=timm is asked for"],
] as const)("%s states its layout, and what %s keys imply is told", (name, keys, network, note) => {
  expect(chooseLayout(name, { keys })).toEqual({ network, note });
});

test("a layout that is asked for beside the name is taken, if it is the default too", () => {
  expect(chooseLayout("se-resnet18", { keys: "timm" }, "torchvision")).toEqual({
    network: "se-resnet18",
    note: "timm's keys, but layout=torchvision is asked for",
  });
  expect(chooseLayout("seresnet18", { keys: "legacy" }, "timm-legacy")).toEqual({
    network: "se-resnet18{layout=timm-legacy}",
    note: null,
  });
});

test.each(checkpointGoldens())(
  "the keys and the name of $library's $model imply its layout",
  ({ network, tensors, model }) => {
    const { layout } = keyMapOf(
      new Map(
        tensors.map(([key, shape, dtype]) => [key, { shape, dtype, bytes: new Uint8Array() }]),
      ),
    );
    const [bare = ""] = network.split("{");
    expect(chooseLayout(bare, { keys: layout, path: `/tmp/${model}.safetensors` }).network).toBe(
      network,
    );
  },
);

test("of a network with one layout nothing is told: nothing was chosen", () => {
  expect(chooseLayout("se-resnet20{r=4}", { keys: "timm" })).toEqual({
    network: "se-resnet20{r=4}",
    note: null,
  });
});

test.each([
  ["efficientnet_b0", "torchvision", "efficientnet-b0"],
  ["efficientnet_b0", "timm", "efficientnet-b0{layout=timm}"],
  ["regnety-400mf", "timm", "regnety-400mf{layout=timm}"],
  ["mobilenet-v3-small", "torchvision", "mobilenet-v3-small"],
  ["tf_efficientnet_b0.ns_jft_in1k", "timm", "efficientnet-b0{layout=timm-tf}"],
  ["mobilenetv3_large_100.ra_in1k", "timm", "mobilenet-v3-large{layout=timm}"],
] as const)("%s with %s keys is %s", (name, keys, network) => {
  expect(chooseLayout(name, { keys }).network).toBe(network);
});

test("timm's keys alone do not tell which padding is meant", () => {
  const choose = () => chooseLayout("efficientnet-b0", { keys: "timm", path: "model.safetensors" });
  expect(choose).toThrow("nothing tells which of them the file is of");
  expect(choose).toThrow(
    expect.objectContaining({
      remedy: "give --network efficientnet_b0 or --network tf_efficientnet_b0",
    }),
  );
});

test.each([
  "hub/models--timm--tf_efficientnet_b0.ns_jft_in1k/snapshots/1/model.safetensors",
  "tf_efficientnet_b0_ns-c0e6a31c.safetensors",
])("a file named %s is of the model that it is named like", (path) => {
  expect(chooseLayout("efficientnet-b0", { keys: "timm", path })).toEqual({
    network: "efficientnet-b0{layout=timm-tf}",
    note: "the file's name is tf_efficientnet_b0's, so layout=timm-tf",
  });
  expect(() => chooseLayout("efficientnet_b0.ra_in1k", { keys: "timm", path })).toThrow(
    "is named like tf_efficientnet_b0, and layout=timm is asked for",
  );
  expect(() => chooseLayout("efficientnet_b0", { keys: "timm", path })).toThrow(
    "is named like tf_efficientnet_b0, and layout=timm is asked for",
  );
});

test("a file of the other library is refused where the layout is stated", () => {
  expect(() => chooseLayout("regnety_032.ra_in1k", { keys: "torchvision" })).toThrow(
    "the file has torchvision's keys, and regnety-3.2gf{layout=timm} has the names of layout=timm",
  );
});
