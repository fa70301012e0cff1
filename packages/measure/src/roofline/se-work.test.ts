import { buildNetwork } from "@sebench/spec";
import { expect, test } from "vitest";
import { leastSeWork, type StepWork } from "./overhead-bound.ts";

const one = { batch: 1, bytesPerValue: 4 };

function workOf(name: string, size = one): readonly (readonly StepWork[])[] {
  return leastSeWork(buildNetwork(name), size);
}

function total(blocks: readonly (readonly StepWork[])[], of: keyof StepWork): number {
  return blocks.flat().reduce((sum, step) => sum + step[of], 0);
}

/**
 * SENet v4, section 4, has 2/r * sum of N * C^2 = 2,514,944 weights in SE-ResNet-50,
 * half of them in each layer. Folding leaves a quarter of the first half, so there are
 * 314,368 and 1,257,472 weights, and (1 + 1/16) * 15,104 biases.
 */
test("SE-ResNet-50 reads a quarter of its first layers, all of its second ones, and their biases", () => {
  expect(total(workOf("se-resnet50"), "bytes")).toBe(4 * (314_368 + 1_257_472 + 16_048));
});

/**
 * The sums are over what the last convolutions read: 3 blocks of 64 x 56 x 56, 4 of
 * 128 x 28 x 28, 6 of 256 x 14 x 14 and 3 of 512 x 7 x 7, which are 1,379,840.
 */
test("SE-ResNet-50 sums what its last convolutions read, and its products ride on the residual sums", () => {
  expect(total(workOf("se-resnet50"), "macs")).toBe(1_379_840 + 314_368 + 1_257_472);
});

test("a batch reads the parameters once, and computes for each image", () => {
  const [single, eight] = [one, { ...one, batch: 8 }].map((size) => workOf("se-resnet50", size));
  expect(total(eight!, "bytes")).toBe(total(single!, "bytes"));
  expect(total(eight!, "macs")).toBe(8 * total(single!, "macs"));
});

/**
 * A basic block ends in a 3x3 convolution, so its own map of 64 x 56 x 56 is pooled, with
 * r = 16.
 */
test("what a 3x3 convolution gives is pooled itself", () => {
  expect(workOf("se-resnet18")[0]).toEqual([
    { macs: 64 * 56 * 56, bytes: 0 },
    { macs: 64 * 4, bytes: 4 * (64 * 4 + 4) },
    { macs: 64 * 4, bytes: 4 * (64 * 4 + 64) },
    { macs: 0, bytes: 0 },
  ]);
});

/**
 * SE-POST scales after the residual sum and its ReLU, so that nothing can be folded, and
 * no sum follows.
 */
test("after the residual sum, the map is pooled and each of its elements is scaled", () => {
  const [sums, , , products] = workOf("se-resnet50{place=post}")[0]!;
  expect([sums!.macs, products!.macs]).toEqual([256 * 56 * 56, 256 * 56 * 56]);
});

/** The maximum of a convolved map is not the convolved maximum, so nothing can be folded. */
test("a maximum is taken over the whole map", () => {
  const [sums, first] = workOf("se-resnet50{squeeze=max}")[0]!;
  expect(sums!.macs).toBe(256 * 56 * 56);
  expect(first!.macs).toBe(256 * 16);
});

test("without a squeeze, the layers run on every pixel and are read once", () => {
  const [sums, first, second] = workOf("se-resnet50{squeeze=none}")[0]!;
  expect(sums).toEqual({ macs: 0, bytes: 0 });
  expect(first).toEqual({ macs: 56 * 56 * 64 * 16, bytes: 4 * (64 * 16 + 16) });
  expect(second).toEqual({ macs: 56 * 56 * 256 * 16, bytes: 4 * (256 * 16 + 256) });
});

/** Folding moves the convolution's bias into the first layer, which thus gets one. */
test("a layer without biases gets one by folding alone", () => {
  const [, first, second] = workOf("se-resnet50{bias=false}")[0]!;
  expect([first!.bytes, second!.bytes]).toEqual([4 * (64 * 16 + 16), 4 * 256 * 16]);
});

test("a network without SE has no work", () => {
  expect(workOf("resnet50")).toEqual([]);
});
