import { buildNetwork, plainName, sameShape, type Tensor } from "@sebench/spec";
import { expect, test } from "vitest";
import { contentHash } from "../weights/content-hash.ts";
import { checkWeights, type Weights } from "../weights/weights.ts";
import { seededWeights } from "./seeded-weights.ts";

// Printed by `python3 packages/weights/scripts/seeded_weights.py NAME 1`, which draws and hashes the
// weights with numpy, shares no code with this package, and builds its networks by itself.
test.each([
  ["resnet20", "9addda36cbf15d678bb4296e7131d0efd42f78cd20ac8538da1fb07e91f41b44"],
  ["se-resnet20", "e0e475815ffd804824cb842ffa77729b8c40f92c4e339f6ac06a53ae7dcd73fb"],
  ["se-resnet18", "83b9497fa6027096923a8d787c44b9b3e1a50cd44cdb538da93c57f5950ca9eb"],
  ["resnet50", "fc9f533582a0539644589f1d2160a2b8c5ba1ddce685cc003dfd73f042ae6f96"],
])("%s from seed 1 is bit for bit what numpy draws", async (name, hash) => {
  expect(await contentHash(seededWeights(buildNetwork(name), 1))).toBe(hash);
});

test.each([
  "se-resnet20",
  "se-resnet20{place=pre}",
  "se-resnet20{place=post,gate=relu}",
  "se-resnet20{place=identity,squeeze=max}",
  "se-resnet20{place=conv3x3,squeeze=none,gate=tanh,bias=false}",
  "se-resnet18{layout=timm-legacy}",
])("%s shares every parameter of its plain counterpart", (name) => {
  const weights = seededWeights(buildNetwork(name), 7);
  const plain = seededWeights(buildNetwork(plainName(name)), 7);
  expect(weights.size).toBeGreaterThan(plain.size);
  const differing = [...plain.keys()].filter((parameter) => !sameBits(weights, plain, parameter));
  expect(differing).toEqual([]);
});

test("the weights do not depend on the size of the image", () => {
  const small = seededWeights(buildNetwork("se-resnet20", { imageSize: 28 }), 1);
  const large = seededWeights(buildNetwork("se-resnet20"), 1);
  expect([...large.keys()].filter((name) => !sameBits(small, large, name))).toEqual([]);
});

test("another seed changes every value of a convolution", () => {
  const network = buildNetwork("resnet20");
  const one = dataOf(seededWeights(network, 1).get("conv1.weight"));
  const two = dataOf(seededWeights(network, 2).get("conv1.weight"));
  expect(one.filter((value, at) => value === two[at])).toHaveLength(0);
});

test("parameters of the same shape and range have streams of their own", () => {
  const weights = seededWeights(buildNetwork("resnet20"), 1);
  const first = dataOf(weights.get("layer1.0.conv1.weight"));
  const second = dataOf(weights.get("layer1.1.conv1.weight"));
  expect(first.filter((value, at) => value === second[at]).length).toBeLessThan(3);
});

test("a convolution is uniform with He's variance, 2 / fanIn", () => {
  const { data } = seededWeights(buildNetwork("resnet18"), 1).get("layer4.0.conv2.weight")!;
  const fanIn = 512 * 9;
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const square = data.reduce((sum, value) => sum + value * value, 0) / data.length;
  // The tolerance is five standard errors of 2.4 million draws, for the mean and the mean square.
  expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(2 / fanIn / data.length));
  expect(square * (fanIn / 2)).toBeCloseTo(1, 2);
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / fanIn)));
  expect(largest).toBeGreaterThan(0.999 * Math.sqrt(6 / fanIn));
});

test.each(["weight", "bias", "running_mean", "running_var"])(
  "the %s of a batch norm differs from channel to channel",
  (slot) => {
    const data = dataOf(seededWeights(buildNetwork("resnet20"), 1).get(`bn1.${slot}`));
    expect(new Set(data).size).toBe(16);
  },
);

test.each(["se-resnet20", "se-resnet110{r=4,squeeze=none}"])(
  "the weights of %s are those that it declares, finite, with variances above zero",
  (name) => {
    const network = buildNetwork(name);
    expect(() => checkWeights(network, seededWeights(network, 1))).not.toThrow();
  },
);

test.each([-1, 1.5, 2 ** 32, Number.NaN])("a seed of %d is refused", (seed) => {
  expect(() => seededWeights(buildNetwork("resnet20"), seed)).toThrow(
    `the seed of the weights is ${seed}`,
  );
});

/** Vitest's own comparison looks at each value, which takes minutes here. */
function sameBits(a: Weights, b: Weights, name: string): boolean {
  const [left, right] = [a.get(name)!, b.get(name)!];
  return sameShape(left.shape, right.shape) && bytesOf(left).equals(bytesOf(right));
}

function bytesOf({ data }: Tensor): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function dataOf(tensor: Tensor | undefined): number[] {
  return [...(tensor?.data ?? [])];
}
