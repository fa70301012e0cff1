import { describe, expect, it, test } from "vitest";
import { bytesMoved, countMacs, countParameters } from "./count.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { buildNetwork } from "../network/build-network.ts";

/**
 * The parameters are as published: in torchvision's and timm's documentation,
 * osmr/imgclsmob's tables, and the release's model sizes. The GMACs are those of the
 * release's prototxts (convolutions and dense layers) at 224 x 224, and at 299 x 299
 * for Inception-ResNet.
 */
const imageNet: [name: string, parameters: number, gmacs: number, decimals: number][] = [
  ["senet154", 115_088_984, 20.688, 3],
  ["vgg16-bn", 138_365_992, 15.47, 2],
  ["se-vgg16-bn{bias=false}", 138_592_296, 15.47, 2],
  ["se-bn-inception", 11_931_622, 2.0332, 4],
  ["bn-inception", 11_931_622 - 646_398, 2.03, 2],
  ["mobilenet-v1", 4_231_976, 0.5687, 4],
  ["se-mobilenet-v1{bias=false}", 4_711_720, 0.5692, 4],
  ["shufflenet-v1-g3", 1_865_728, 0.1375, 4],
  ["inception-resnet-v2", 55_843_464, 13.2, 1],
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
 * The parameters and GMACs are those of torchvision's `Weights` where torchvision has the network,
 * each at torchvision's size, and else those that PyTorch's modules of timm 1.0.31 count.
 */
const deployed: [name: string, imageSize: number, parameters: number, gmacs: number][] = [
  ["mobilenet-v3-large", 224, 5_483_032, 0.217],
  ["mobilenet-v3-large-075", 224, 3_993_528, 0.155],
  ["mobilenet-v3-small", 224, 2_542_856, 0.057],
  ["mobilenet-v3-small-075", 224, 2_041_872, 0.043],
  ["efficientnet-b0", 224, 5_288_548, 0.386],
  ["efficientnet-b1", 240, 7_794_184, 0.687],
  ["efficientnet-b2", 288, 9_109_994, 1.088],
  ["efficientnet-b3", 300, 12_233_232, 1.827],
  ["efficientnet-b4", 380, 19_341_616, 4.394],
  ["efficientnet-v2-s", 384, 21_458_488, 8.366],
  ["efficientnet-lite0", 224, 4_652_008, 0.385],
  ["mnasnet-a1", 224, 3_887_038, 0.312],
  ["regnety-400mf", 224, 4_344_144, 0.402],
  ["regnety-800mf", 224, 6_432_512, 0.834],
  ["regnety-800mf{layout=timm}", 224, 6_263_168, 0.797],
  ["regnety-1.6gf", 224, 11_202_430, 1.612],
  ["regnety-3.2gf", 224, 19_436_338, 3.176],
  ["pp-lcnet", 224, 2_953_800, 0.156],
  ["pp-lcnet-025", 224, 1_522_464, 0.017],
  ["ghostnet", 224, 5_182_508, 0.141],
];

test.each(deployed)(
  "%s at %i pixels has its libraries' parameters and MACs",
  (name, imageSize, parameters, gmacs) => {
    const network = buildNetwork(name, { imageSize });
    expect(countParameters(network)).toBe(parameters);
    expect(countMacs(network) / 1e9).toBeCloseTo(gmacs, 3);
  },
);

/**
 * The parameters are counted from He et al. 2016, section 4.2, with 10 classes; the
 * counts with biases are those that osmr/imgclsmob publishes for its trained networks.
 * The counts of resnet8 are by hand: MLPerf Tiny's resnet8 has 78,666, with biases of
 * convolutions, running statistics, and no batch norm on its shortcuts.
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

/** The counts are those that osmr/imgclsmob asserts of its trained networks. */
test.each([
  ["preact-resnet110", 1_730_522],
  ["preact-resnet164", 1_703_258],
])("%s has its published parameters", (name, parameters) => {
  expect(countParameters(buildNetwork(name))).toBe(parameters);
});

test("wrn-16-8 has the 11.0 million parameters of its article", () => {
  expect((countParameters(buildNetwork("wrn-16-8")) / 1e6).toFixed(1)).toBe("11.0");
});

test("se-shufflenet-v1-g3 has the parameters that fit the paper's table 3", () => {
  expect(countParameters(buildNetwork("se-shufflenet-v1-g3{bias=false}"))).toBe(2_476_144);
});

test("resnet8 has the 12.5 million MACs that MLPerf Tiny publishes", () => {
  expect((countMacs(buildNetwork("resnet8")) / 1e6).toFixed(1)).toBe("12.5");
});

test("resnet20 has the published 40.81 million MACs at 32 x 32", () => {
  expect((countMacs(buildNetwork("resnet20")) / 1e6).toFixed(2)).toBe("40.81");
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
