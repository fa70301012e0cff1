import { runReference } from "@sebench/reference";
import {
  applied,
  convolutions,
  gatedConvolutions,
  groupedConvolutions,
  otherOperators,
  pools,
  relativeError,
  testImages,
} from "@sebench/reference/testing";
import type { MapShape, Network } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { encodeOnnx } from "../encode-onnx.ts";
import { runModel } from "../testing/onnxruntime.ts";

describe("convolutions agree with the oracle", () => {
  it.each(convolutions)("%s", async (_name, op) => {
    expect(await largestError(applied([16, 11, 9], op))).toBeLessThan(1e-4);
  });

  it.each(groupedConvolutions)("%s", async (_name, channels, op) => {
    expect(await largestError(applied([channels, 9, 8], op))).toBeLessThan(1e-4);
  });
});

describe.each([6, 7, 8, 9])("pooling of %i pixels agrees with the oracle", (size) => {
  it.each(pools)("%s", async (_name, op) => {
    expect(await largestError(applied([4, size, size + 1], op))).toBeLessThan(1e-4);
  });
});

describe("other operators agree with the oracle", () => {
  it.each(otherOperators)("%s", async (_name, network) => {
    expect(await largestError(network)).toBeLessThan(1e-4);
  });
});

describe("a convolution whose weights a gate scales agrees with the oracle", () => {
  it.each(gatedConvolutions)("%s", async (_name, network) => {
    expect(await largestError(network, 1)).toBeLessThan(1e-4);
  });
});

/** The largest relative error of onnxruntime against the oracle, with batch norms folded and not. */
async function largestError(network: Network, batch = 3): Promise<number> {
  const weights = seededWeights(network, 1);
  const images = testImages(batch, network.nodes[0]!.shape as MapShape);
  const expected = runReference(network, weights, images);
  const errors: number[] = [];
  for (const foldBatchNorm of [true, false]) {
    const lowered = { network, weights, lowering: "conv1x1" } as const;
    const model = encodeOnnx(lowered, { batch, foldBatchNorm });
    errors.push(relativeError(await runModel(model, images), expected));
  }
  return Math.max(...errors);
}
