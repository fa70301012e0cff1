import { lower } from "@sebench/lowering";
import { runReference } from "@sebench/reference";
import { relativeError, seVariants, testImages } from "@sebench/reference/testing";
import { buildNetwork, inputShape, type Tensor } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeOnnx } from "../encode-onnx.ts";
import { hasBlocks } from "../testing/has-blocks.ts";
import { runModel } from "../testing/onnxruntime.ts";

const small = seVariants.map((name) => [name, 32] as const);

/**
 * Networks that have a pool that hangs over, depthwise and shuffled convolutions, batch norms
 * before the convolutions, and groups that fill no block.
 */
const families = [
  ["se-resnet18{layout=timm-legacy}", 63],
  ["se-mobilenet-v1", 33],
  ["se-shufflenet-v1-g3", 33],
  ["se-preact-resnet164", 16],
  ["se-resnext50-32x4d", 33],
  ["mobilenet-v3-small", 33],
  ["efficientnet-b0", 33],
  ["se-efficientnet-lite0", 33],
  ["ghostnet", 33],
] as const;

describe.runIf(hasBlocks).each([...small, ...families])("%s at %i pixels", (name, imageSize) => {
  const network = buildNetwork(name, { imageSize });
  const weights = seededWeights(network, 1);
  const images = testImages(2, inputShape(network));

  it("gives the oracle's logits for two images, and for one", async () => {
    const expected = runReference(network, weights, images);
    const lowered = lower(network, weights, "nchwc/conv1x1");
    const two = await runModel(encodeOnnx(lowered, { batch: 2 }), images);
    expect(relativeError(two, expected)).toBeLessThan(1e-4);
    const one = await runModel(encodeOnnx(lowered, { batch: 1 }), firstOf(images));
    expect(relativeError(one, expected.slice(0, one.length))).toBeLessThan(1e-4);
  });
});

describe.runIf(hasBlocks).each([
  ["se-resnet20{r=4}", 32, "nchwc/gemm"],
  // An excitation of one channel, in dense layers and in convolutions.
  ["se-resnet20{r=16}", 32, "nchwc/gemm"],
  ["se-resnet20{r=16}", 32, "nchwc/2-3:conv1x1/gemm"],
  ["se-resnet20{r=4}", 32, "nchwc/gate-resize+residual-conv"],
  ["se-resnet20{r=4}", 32, "nchwc/reduce-mean"],
  ["se-resnet50", 33, "nchwc/2-3:squeeze-fold+scale-fold/squeeze-fold"],
  ["se-mobilenet-v1", 33, "nchwc/scale-forward+gemm"],
  ["mobilenet-v3-small", 33, "nchwc/scale-forward"],
  ["mobilenet-v3-small", 33, "nchwc/2-4:scale-forward+gemm/gemm"],
  ["efficientnet-b0", 33, "scale-forward+gemm"],
  ["efficientnet-b0", 33, "nchwc/2-4:scale-forward+gemm/gemm"],
  ["pp-lcnet-025", 33, "nchwc/gemm"],
  ["ghostnet", 33, "nchwc/gemm"],
  ["se-shufflenet-v1-g3", 33, "squeeze-fold+scale-fold"],
  ["se-shufflenet-v1-g3", 33, "nchwc/squeeze-pushdown+scale-fold+gemm"],
])("%s at %i pixels as %s", (name, imageSize, lowering) => {
  it.each([true, false])("gives the oracle's logits, batch norms folded: %s", async (folded) => {
    const network = buildNetwork(name, { imageSize });
    const weights = seededWeights(network, 1);
    const image = testImages(1, inputShape(network));
    const lowered = lower(network, weights, lowering);
    const model = encodeOnnx(lowered, { batch: 1, foldBatchNorm: folded });
    const logits = await runModel(model, image);
    expect(relativeError(logits, runReference(network, weights, image))).toBeLessThan(1e-4);
  });
});

const small8 = fc.record({
  reduction: fc.constantFrom(2, 3, 4, 16),
  gate: fc.constantFrom("sigmoid", "tanh", "relu", "hard-sigmoid"),
  bias: fc.boolean(),
  place: fc.constantFrom("standard", "pre", "post", "identity"),
  stages: fc.constantFrom("2", "2+4", "3", "2+3+4"),
  size: fc.integer({ min: 9, max: 35 }),
  seed: fc.nat({ max: 1000 }),
  lowering: fc.constantFrom(
    "nchwc/conv1x1",
    "nchwc/gemm",
    "nchwc/reduce-mean+gemm",
    "nchwc/gate-resize",
    "nchwc/2-3:gemm/conv1x1",
  ),
});

it.runIf(hasBlocks)(
  "the blocked form of any small network gives the oracle's logits",
  { timeout: 60_000 },
  async () => {
    const agree = fc.asyncProperty(small8, async ({ size, seed, lowering, ...of }) => {
      const options = `r=${of.reduction},gate=${of.gate},bias=${of.bias},place=${of.place}`;
      const name = `se-resnet8{${options},stages=${of.stages}}`;
      const network = buildNetwork(name, { imageSize: size });
      const weights = seededWeights(network, seed);
      const images = testImages(2, inputShape(network));
      const model = encodeOnnx(lower(network, weights, lowering), { batch: 2 });
      const expected = runReference(network, weights, images);
      expect(relativeError(await runModel(model, images), expected)).toBeLessThan(1e-4);
    });
    await fc.assert(agree, { numRuns: 24, seed: 3 });
  },
);

function firstOf({ shape: [count, ...shape], data }: Tensor): Tensor {
  return { shape: [1, ...shape], data: data.slice(0, data.length / count!) };
}
