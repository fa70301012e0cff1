import { runReference } from "@sebench/reference";
import { relativeError, testImages, testsAll } from "@sebench/reference/testing";
import { buildNetwork, type Network } from "@sebench/spec";
import { checkWeights, seededWeights } from "@sebench/weights";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lower } from "./lower.ts";
import type { LoweringName } from "./lowering.ts";

const names = ["squeeze-pushdown", "squeeze-fold"] as const satisfies readonly LoweringName[];

/** Bottlenecks end in a 1x1 convolution, which is linear. */
const bottlenecks = fc
  .record({
    model: fc.constantFrom("se-resnet50", "se-resnext50-32x4d"),
    reduction: fc.constantFrom(4, 8, 16, 64),
    gate: fc.constantFrom("sigmoid", "tanh", "relu"),
    bias: fc.boolean(),
    stages: fc.constantFrom("2", "5", "2+4", "2+3+4+5"),
    layout: fc.constantFrom("torchvision", "timm", "timm-legacy"),
    size: fc.constantFrom(32, 39),
    seed: fc.nat({ max: 1000 }),
  })
  .map(({ model, size, seed, reduction, ...of }) => ({
    name: `${model}{r=${reduction},gate=${of.gate},bias=${of.bias},stages=${of.stages},layout=${of.layout}}`,
    size,
    seed,
  }));

describe.each(names)("%s", (lowering) => {
  it("leaves the function of any network of bottlenecks as it was", () => {
    fc.assert(
      fc.property(bottlenecks, ({ name, size, seed }) => {
        const network = buildNetwork(name, { imageSize: size, classes: 10 });
        const weights = seededWeights(network, seed);
        const lowered = lower(network, weights, lowering);
        checkWeights(lowered.network, lowered.weights);
        const images = testImages(1, [3, size, size]);
        const before = runReference(network, weights, images);
        const after = runReference(lowered.network, lowered.weights, images);
        // Products of weights are rounded to float32.
        expect(relativeError(Float32Array.from(after), before)).toBeLessThan(1e-5);
      }),
      { numRuns: testsAll ? 6 : 2, seed: 1 },
    );
    // The oracle is slow, and slower on a busy machine.
  }, 240_000);

  it.each([
    ["se-resnet18", "stage 2, block 0 of se-resnet18 squeezes what stage2/block0/trunk/conv2"],
    ["se-resnet50{squeeze=max}", "squeezes by globalMaxPool, which is not linear"],
    ["se-resnet50{squeeze=none}", "has no squeeze"],
    ["se-resnet50{place=post}", "a relu and no 1x1 convolution"],
    ["se-resnet50{place=pre}", "and no 1x1 convolution"],
    ["se-mobilenet-v1", "a relu and no 1x1 convolution"],
  ])("refuses %s, and says which block and why", (name, message) => {
    const network = buildNetwork(name);
    expect(() => lower(network, new Map(), lowering)).toThrow(message);
  });
});

it("squeeze-pushdown pools a quarter of the channels, and projects their mean", () => {
  const { network } = loweredTo("squeeze-pushdown");
  expect(squeezeOf(network)).toEqual([
    ["globalAvgPool", ["stage2/block1/trunk/relu2"], [64, 1, 1]],
    ["conv2d", ["stage2/block1/squeeze/pool"], [256, 1, 1]],
  ]);
});

it("squeeze-fold leaves the pool alone, and a first layer of a quarter of the inputs", () => {
  const { network } = loweredTo("squeeze-fold");
  expect(squeezeOf(network)).toEqual([
    ["globalAvgPool", ["stage2/block1/trunk/relu2"], [64, 1, 1]],
  ]);
  const first = network.nodes.find(({ name }) => name === "stage2/block1/excite/fc1")!;
  expect(first.parameters.weight!.shape).toEqual([16, 64, 1, 1]);
  expect(first.inputs).toEqual(["stage2/block1/squeeze/pool"]);
});

function loweredTo(lowering: LoweringName) {
  const network = buildNetwork("se-resnet50", { imageSize: 32, classes: 10 });
  return lower(network, seededWeights(network, 1), lowering);
}

function squeezeOf({ nodes }: Network) {
  return nodes
    .filter(({ role, stage, block }) => role === "squeeze" && stage === 2 && block === 1)
    .map(({ op, inputs, shape }) => [op.kind, inputs, shape]);
}
