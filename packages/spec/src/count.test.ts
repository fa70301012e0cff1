import { describe, expect, it, test } from "vitest";
import { buildNetwork } from "./build-network.ts";
import { bytesMoved, countMacs, countParameters } from "./count.ts";
import { GraphBuilder } from "./graph-builder.ts";

/**
 * Parameters as published: torchvision's and timm's documentation and the
 * release's model sizes. GMACs from the release's prototxts (convolutions and
 * dense layers), at 224 x 224.
 */
const imageNet: [name: string, parameters: number, gmacs: number, decimals: number][] = [
  ["resnet18", 11_689_512, 1.814, 3],
  ["se-resnet18", 11_778_592, 1.814, 3],
  ["se-resnet18{layout=timm}", 11_779_624, 1.814, 3],
  ["resnet34", 21_797_672, 3.664, 3],
  ["se-resnet34", 21_958_868, 3.664, 3],
  ["se-resnet34{layout=timm}", 21_960_416, 3.664, 3],
  ["resnet50", 25_557_032, 4.0892, 4],
  ["se-resnet50", 28_088_024, 4.0917, 4],
  ["resnet50{layout=timm-legacy}", 25_557_032, 3.858, 4],
  ["se-resnet50{layout=timm-legacy}", 28_088_024, 3.8605, 4],
  ["resnet101", 44_549_160, 7.801, 3],
  ["se-resnet101", 49_326_872, 7.806, 3],
  ["resnet101{layout=timm-legacy}", 44_549_160, 7.57, 3],
  ["se-resnet101{layout=timm-legacy}", 49_326_872, 7.575, 3],
  ["resnet152", 60_192_808, 11.514, 3],
  ["se-resnet152", 66_821_848, 11.52, 3],
  ["resnet152{layout=timm-legacy}", 60_192_808, 11.282, 3],
  ["se-resnet152{layout=timm-legacy}", 66_821_848, 11.289, 3],
  ["resnext50-32x4d", 25_028_904, 4.2305, 4],
  ["se-resnext50-32x4d", 27_559_896, 4.233, 4],
  ["resnext101-32x4d", 44_177_704, 7.97, 3],
  ["se-resnext101-32x4d", 48_955_416, 7.975, 3],
  ["resnext101-64x4d", 83_455_272, 15.46, 3],
  ["se-resnext101-64x4d", 88_232_984, 15.465, 3],
];

test.each(imageNet)(
  "%s has its published parameters and MACs",
  (name, parameters, gmacs, decimals) => {
    const network = buildNetwork(name);
    expect(countParameters(network)).toBe(parameters);
    expect((countMacs(network) / 1e9).toFixed(decimals)).toBe(gmacs.toFixed(decimals));
  },
);

/**
 * Counted from He et al. 2016, section 4.2, with 10 classes; those with biases
 * are the counts that osmr/imgclsmob publishes for its trained networks.
 * resnet8 by hand; MLPerf Tiny's has 78,666, with biases of convolutions, running
 * statistics, and no batch norm on its shortcuts.
 */
const small: [name: string, plain: number, withoutBias: number, withBias: number][] = [
  ["resnet8", 78_042, 78_714, 78_833],
  ["resnet20", 272_474, 274_490, 274_847],
  ["resnet32", 466_906, 470_266, 470_861],
  ["resnet56", 855_770, 861_818, 862_889],
  ["resnet110", 1_730_714, 1_742_810, 1_744_952],
];

test.each(small)("%s has its published parameters", (name, plain, withoutBias, withBias) => {
  expect(countParameters(buildNetwork(name))).toBe(plain);
  expect(countParameters(buildNetwork(`se-${name}{bias=false}`))).toBe(withoutBias);
  expect(countParameters(buildNetwork(`se-${name}`))).toBe(withBias);
});

test("resnet8 has the 12.5 million MACs that MLPerf Tiny publishes", () => {
  expect((countMacs(buildNetwork("resnet8")) / 1e6).toFixed(1)).toBe("12.5");
});

test("resnet20 has the published 40.81 million MACs at 32 x 32", () => {
  expect((countMacs(buildNetwork("resnet20")) / 1e6).toFixed(2)).toBe("40.81");
});

/** SENet v4, table 2: GFLOPs of the networks that the authors trained. */
const table2: [name: string, plain: number, se: number][] = [
  ["resnet50", 3.86, 3.87],
  ["resnet101", 7.58, 7.6],
  ["resnet152", 11.3, 11.32],
  ["resnext50-32x4d", 4.24, 4.25],
  ["resnext101-32x4d", 7.99, 8.0],
];

test.each(table2)("%s has the paper's GFLOPs to the last digit", (name, plain, se) => {
  for (const [variant, published] of [
    [name, plain],
    [`se-${name}`, se],
  ] as const) {
    const gmacs = countMacs(buildNetwork(`${variant}{layout=timm-legacy}`), "paper") / 1e9;
    expect(Math.abs(Math.round(gmacs * 100) - Math.round(published * 100))).toBeLessThanOrEqual(1);
  }
});

/** SENet v4, table 10: millions of parameters by reduction, SE without biases. */
const table10: [r: number, published: number][] = [
  [2, 45.7],
  [4, 35.7],
  [8, 30.7],
  [16, 28.1],
  [32, 26.9],
];

test.each(table10)("r=%i comes within 0.12 million below table 10", (r, published) => {
  const millions = countParameters(buildNetwork(`se-resnet50{r=${r},bias=false}`)) / 1e6;
  expect(published - millions).toBeLessThan(0.12);
  expect(published - millions).toBeGreaterThan(-0.05);
});

/** SENet v4, tables 13 and 15: millions of parameters, published to 0.1 million. */
test.each([
  ["stages=2", 25.6],
  ["stages=3", 25.7],
  ["stages=4", 26.4],
  ["place=conv3x3", 25.8],
])(
  "se-resnet50{%s} has the parameters of the paper's tables to 0.1 million",
  (option, published) => {
    const millions = countParameters(buildNetwork(`se-resnet50{${option},bias=false}`)) / 1e6;
    expect(Math.abs(millions - published)).toBeLessThan(0.1);
  },
);

test("without the squeeze SE costs the 0.4 GFLOPs of table 16", () => {
  const cost =
    countMacs(buildNetwork("se-resnet50{squeeze=none,layout=timm-legacy}")) -
    countMacs(buildNetwork("resnet50{layout=timm-legacy}"));
  expect((cost / 1e9).toFixed(2)).toBe((4.27 - 3.86).toFixed(2));
});

describe("bytesMoved", () => {
  it("counts inputs, parameters and outputs of a convolution, parameters once for a batch", () => {
    const builder = new GraphBuilder("one", [3, 8, 8]);
    const network = builder.build(
      builder.add({
        op: {
          kind: "conv2d",
          outChannels: 5,
          kernel: [1, 1],
          stride: [1, 1],
          pads: [0, 0, 0, 0],
          groups: 1,
        },
        inputs: [builder.input.name],
        role: "trunk",
        local: "conv",
        prefix: "conv",
      }),
    );
    expect(bytesMoved(network)).toBe(4 * (3 * 64 + 5 * 64 + 15));
    expect(bytesMoved(network, { batch: 2, bytesPerValue: 2 })).toBe(
      2 * (2 * (3 * 64 + 5 * 64) + 15),
    );
  });

  it("counts nothing for a change of shape", () => {
    const builder = new GraphBuilder("view", [3, 1, 1]);
    const flat = builder.add({
      op: { kind: "flatten" },
      inputs: [builder.input.name],
      role: "head",
      local: "flatten",
    });
    expect(bytesMoved(builder.build(flat))).toBe(0);
  });
});
