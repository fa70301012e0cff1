import { testImages, withLargeSums } from "@sebench/reference/testing";
import { buildNetwork, type Tensor } from "@sebench/spec";
import { seededWeights, type Weights } from "@sebench/weights";
import { expect, test } from "vitest";
import { halfSafety, type HalfQuestion } from "./half-safety.ts";

const network = buildNetwork("se-resnet8", { imageSize: 28 });
const weights = seededWeights(network, 1);
const images = testImages(2, [3, 28, 28]);

const ask = (
  given: Weights,
  of: Tensor = images,
  changes: Partial<Pick<HalfQuestion, "lowering" | "block">> = {},
) =>
  halfSafety({
    member: { network, weights: given },
    lowering: "conv1x1",
    images: of,
    block: null,
    cacheDirectories: [],
    signal: new AbortController().signal,
    onProgress: () => {},
    ...changes,
  });

const first = "stage2/block0/squeeze/pool";

test("a squeeze whose sum passes 65,504 is found, with its block, its margin, and wrong logits", async () => {
  const { blocks, logits } = await ask(withLargeSums(network, weights));
  const [squeeze, ...others] = blocks;
  // The mean is about 150 in each channel, and there are 784 pixels.
  expect(squeeze).toMatchObject({ node: first, stage: 2, block: 0, pixels: 784 });
  expect(squeeze!.largestSum).toBeGreaterThan(784 * 140);
  expect(squeeze!.margin).toBeCloseTo(65_504 / squeeze!.largestSum, 10);
  for (const order of ["sequential", "pairwise", "by rows"] as const) {
    expect(squeeze!.orders[order]).toEqual({ error: null, verdict: "overflows" });
  }
  expect(others.map(({ node }) => node)).toContain("head/pool");
  expect(logits.map(({ mean, pass }) => [mean, pass])).toEqual([
    ["one rounding", true],
    ["sequential", false],
    ["pairwise", false],
    ["by rows", false],
  ]);
  expect(logits[1]).toMatchObject({ firstNotFinite: first });
});

test("squeeze-scaled is right in every order where the sum is not", async () => {
  const { blocks, logits } = await ask(withLargeSums(network, weights), images, {
    lowering: "squeeze-scaled",
  });
  const squeezes = blocks.filter(({ role }) => role === "squeeze");
  expect(squeezes.map(({ node }) => node).slice(0, 2)).toEqual([`${first}/rows`, `${first}/mean`]);
  for (const { largestSum, orders } of squeezes) {
    expect(largestSum).toBeLessThan(1000);
    for (const { verdict } of Object.values(orders)) expect(verdict).toBe("right");
  }
  expect(logits.every(({ pass }) => pass)).toBe(true);
});

test("a network of few pixels, whose sums fit, is right in every order", async () => {
  const small = buildNetwork("se-resnet8", { imageSize: 12 });
  const { blocks, logits } = await halfSafety({
    member: { network: small, weights },
    lowering: "gemm",
    images: testImages(2, [3, 12, 12]),
    block: null,
    cacheDirectories: [],
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  for (const { margin, orders } of blocks) {
    expect(margin).toBeGreaterThan(10);
    for (const { verdict } of Object.values(orders)) expect(verdict).toBe("right");
  }
  expect(logits.map(({ mean, pass }) => [mean, pass])).toEqual([["one rounding", true]]);
});

test("one block is looked at, and an unknown one is refused with the names that there are", async () => {
  const { blocks } = await ask(weights, images, { block: "stage3/block0" });
  expect(blocks.map(({ node }) => node)).toEqual(["stage3/block0/squeeze/pool"]);
  await expect(ask(weights, images, { block: "stage9/block0" })).rejects.toMatchObject({
    message: "se-resnet8 has no block stage9/block0 that takes a mean",
    remedy: expect.stringContaining("stage2/block0, stage3/block0, stage4/block0, head"),
  });
});

test("images that all overflow before any squeeze are told in one sentence", async () => {
  const huge = { ...images, data: images.data.map((value) => 6e4 * value) };
  const times = { shape: [16, 3, 3, 3], data: new Float32Array(16 * 27).fill(3) };
  const overflowing = new Map(weights).set("conv1.weight", times);
  await expect(ask(overflowing, huge)).rejects.toThrow(
    /the values of stem\/conv1 pass 65,504 on all 2 images, so fp16 holds nothing/,
  );
});

test("weights that are no numbers are refused, by the tensor's name", async () => {
  const bias = weights.get("layer1.0.se.fc1.bias")!;
  const broken = new Map(weights).set("layer1.0.se.fc1.bias", {
    ...bias,
    data: bias.data.map(() => NaN),
  });
  await expect(ask(broken)).rejects.toThrow("layer1.0.se.fc1.bias holds NaN at index 0");
});
