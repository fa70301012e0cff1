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
  expect(chooseLayout(name, keys)).toEqual({ network, note });
});

test.each([
  ["se-resnet50{layout=timm-legacy}", "legacy", "se-resnet50{layout=timm-legacy}"],
  ["legacy_seresnet50", "legacy", "se-resnet50{layout=timm-legacy}"],
  ["resnet50{layout=timm-legacy}", "plain", "resnet50{layout=timm-legacy}"],
] as const)("%s states its layout, and %s keys agree", (name, keys, network) => {
  expect(chooseLayout(name, keys)).toEqual({ network, note: null });
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
  expect(chooseLayout(name, keys)).toEqual({ network, note });
});

test("a layout that is asked for beside the name is taken, if it is the default too", () => {
  expect(chooseLayout("se-resnet18", "timm", "torchvision")).toEqual({
    network: "se-resnet18",
    note: "timm's keys, but layout=torchvision is asked for",
  });
  expect(chooseLayout("seresnet18", "legacy", "timm-legacy")).toEqual({
    network: "se-resnet18{layout=timm-legacy}",
    note: null,
  });
});

test.each(checkpointGoldens())(
  "the keys of $library's $model imply its layout",
  ({ network, tensors }) => {
    const { layout } = keyMapOf(
      new Map(
        tensors.map(([key, shape, dtype]) => [key, { shape, dtype, bytes: new Uint8Array() }]),
      ),
    );
    const [bare = ""] = network.split("{");
    expect(chooseLayout(bare, layout).network).toBe(network);
  },
);

test("of a network with one layout nothing is told: nothing was chosen", () => {
  expect(chooseLayout("se-resnet20{r=4}", "timm")).toEqual({
    network: "se-resnet20{r=4}",
    note: null,
  });
});
