import { lower, loweringNames } from "@sebench/lowering";
import { runReference } from "@sebench/reference";
import { buildNetwork, inputShape } from "@sebench/spec";
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
  ["se-resnet50{place=conv3x3}", 32],
];

const cases: [name: string, imageSize: number, batch: number][] = [
  ...small.flatMap((name) => [1, 3].map((batch): [string, number, number] => [name, 32, batch])),
  ...large.map(([name, imageSize]): [string, number, number] => [name, imageSize, 1]),
];

describe("onnxruntime and the oracle", () => {
  it.each(cases)("agree on %s at %i pixels, batch %i", async (name, imageSize, batch) => {
    const network = buildNetwork(name, { imageSize });
    const weights = seededWeights(network, 1);
    const images = testImages(batch, inputShape(network));
    const expected = runReference(network, weights, images);
    const lowerings = name.includes("squeeze=none") ? (["conv1x1"] as const) : loweringNames;
    for (const lowering of lowerings) {
      const lowered = lower(network, weights, lowering);
      for (const foldBatchNorm of [true, false]) {
        const logits = await runModel(encodeOnnx(lowered, { batch, foldBatchNorm }), images);
        expect(relativeError(logits, expected)).toBeLessThan(1e-4);
      }
    }
  });
});
