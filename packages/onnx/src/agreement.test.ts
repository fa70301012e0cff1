import { defaultLowering, lower, type LoweringName } from "@sebench/lowering";
import { runReference } from "@sebench/reference";
import { buildNetwork, inputShape, type Network, type Tensor } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { encodeOnnx } from "./encode-onnx.ts";
import { relativeError, testImages } from "./testing/images.ts";
import { runModel } from "./testing/onnxruntime.ts";

const small = [
  "resnet20",
  "se-resnet20{r=4}",
  "se-resnet20{r=4,squeeze=max}",
  "se-resnet20{r=4,squeeze=none}",
  "se-resnet20{r=4,gate=tanh}",
  "se-resnet20{r=4,gate=relu}",
  "se-resnet20{r=4,place=pre}",
  "se-resnet20{r=4,place=post}",
  "se-resnet20{r=4,place=identity}",
  "se-resnet20{r=4,place=conv3x3}",
  "se-resnet20{r=4,stages=2+3}",
  "se-resnet20{r=4,bias=false}",
];

/** 31 and 63 pixels leave 16 and 32 before the pool, whose last window then hangs over. */
const large: [name: string, imageSize: number][] = [
  ["resnet18", 48],
  ["se-resnet18{layout=timm}", 33],
  ["se-resnet18{layout=timm-legacy}", 63],
  ["se-resnet50", 48],
  ["se-resnet50{layout=timm-legacy}", 33],
  ["se-resnext50-32x4d{layout=timm-legacy}", 31],
];

describe("onnxruntime and the oracle agree", () => {
  it.each(small.flatMap((name) => [1, 3].map((batch) => ({ name, batch }))))(
    "on $name, batch $batch, in each lowering, batch norms folded and not",
    async ({ name, batch }) => {
      const network = buildNetwork(name);
      const images = testImages(batch, inputShape(network));
      const lowerings = new Set<LoweringName>([defaultLowering(network), "conv1x1"]);
      const ways = [...lowerings].flatMap((lowering) => [
        { lowering, foldBatchNorm: true },
        { lowering, foldBatchNorm: false },
      ]);
      expect(await largestError(network, images, ways)).toBeLessThan(1e-4);
    },
  );

  it.each(large)("on %s at %i pixels", async (name, imageSize) => {
    const network = buildNetwork(name, { imageSize });
    const images = testImages(1, inputShape(network));
    const error = await largestError(network, images, [
      { lowering: "gemm", foldBatchNorm: true },
      { lowering: "conv1x1", foldBatchNorm: false },
    ]);
    expect(error).toBeLessThan(1e-4);
  });
});

interface Way {
  readonly lowering: LoweringName;
  readonly foldBatchNorm: boolean;
}

/** Of the models that the network is written as; the oracle runs it as it was built. */
async function largestError(network: Network, images: Tensor, ways: Way[]): Promise<number> {
  const weights = seededWeights(network, 1);
  const expected = runReference(network, weights, images);
  const errors: number[] = [];
  for (const { lowering, foldBatchNorm } of ways) {
    const lowered = lower(network, weights, lowering);
    const model = encodeOnnx(lowered, { batch: images.shape[0]!, foldBatchNorm });
    errors.push(relativeError(await runModel(model, images), expected));
  }
  return Math.max(...errors);
}
