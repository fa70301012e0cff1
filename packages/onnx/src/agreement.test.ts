import { defaultLowering, lower, type LoweringName } from "@sebench/lowering";
import { runReference } from "@sebench/reference";
import {
  coveringNetworks,
  otherFamilies,
  relativeError,
  seVariants,
  testImages,
  withHangingPools,
} from "@sebench/reference/testing";
import { buildNetwork, inputShape, type Network, type Tensor } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { encodeOnnx } from "./encode-onnx.ts";
import { runModel } from "./testing/onnxruntime.ts";

const small = ["resnet20", ...seVariants];

const large: (readonly [name: string, imageSize: number])[] = [
  ...withHangingPools,
  ...otherFamilies,
  ["resnet18", 48],
  ["se-resnet18{layout=timm}", 33],
  ["se-resnet50", 48],
  ["se-resnet50{layout=timm-legacy}", 33],
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

  it.each(coveringNetworks(large))("on %s at %i pixels", async (name, imageSize) => {
    const network = buildNetwork(name, { imageSize });
    const images = testImages(1, inputShape(network));
    const error = await largestError(network, images, [
      { lowering: "gemm", foldBatchNorm: true },
      { lowering: "conv1x1", foldBatchNorm: false },
    ]);
    expect(error).toBeLessThan(1e-4);
  });

  it.each(["squeeze-pushdown", "squeeze-fold"] as const)(
    "on bottlenecks with %s, batch norms folded and not",
    async (lowering) => {
      const network = buildNetwork("se-resnext50-32x4d{r=8,bias=false}", { imageSize: 33 });
      const images = testImages(2, inputShape(network));
      const ways = [true, false].map((foldBatchNorm) => ({ lowering, foldBatchNorm }));
      expect(await largestError(network, images, ways)).toBeLessThan(1e-4);
    },
  );
});

interface Way {
  readonly lowering: LoweringName;
  readonly foldBatchNorm: boolean;
}

/** The largest error of the models that the network is written as, against the oracle's logits. */
async function largestError(network: Network, images: Tensor, ways: Way[]): Promise<number> {
  const weights = seededWeights(network, 1);
  const expected = runReference(network, weights, images);
  const errors: number[] = [];
  const names = new Set(ways.map(({ lowering }) => lowering));
  const inForms = new Map([...names].map((name) => [name, lower(network, weights, name)]));
  for (const { lowering, foldBatchNorm } of ways) {
    const lowered = inForms.get(lowering)!;
    const model = encodeOnnx(lowered, { batch: images.shape[0]!, foldBatchNorm });
    errors.push(relativeError(await runModel(model, images), expected));
  }
  return Math.max(...errors);
}
