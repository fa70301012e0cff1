import { runReference } from "@sebench/reference";
import { relativeError, testImages, testsAll } from "@sebench/reference/testing";
import { buildNetwork } from "@sebench/spec";
import { checkWeights, seededWeights } from "@sebench/weights";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lower } from "./lower.ts";

/** The tolerance of passes that multiply weights, whose products are rounded to float32. */
const rounding = 1e-5;

/** The error of the lowered network's logits against the canonical network's, by the oracle. */
function errorOf(name: string, seed: number, lowering: string): number {
  const network = buildNetwork(name, { imageSize: 32, classes: 10 });
  const weights = seededWeights(network, seed);
  const lowered = lower(network, weights, lowering);
  checkWeights(lowered.network, lowered.weights);
  const images = testImages(1, [3, 32, 32]);
  const before = runReference(network, weights, images);
  const after = runReference(lowered.network, lowered.weights, images);
  return relativeError(after, before);
}

const small = fc.record({
  reduction: fc.constantFrom(2, 4, 16),
  gate: fc.constantFrom("sigmoid", "tanh", "relu"),
  bias: fc.boolean(),
  place: fc.constantFrom("standard", "pre", "post", "identity", "conv3x3"),
  stages: fc.constantFrom("2", "2+4", "2+3", "2+3+4"),
  seed: fc.nat({ max: 1000 }),
});

describe.each([
  "reduce-mean",
  "squeeze-scaled",
  "gate-resize",
  "reduce-mean+gate-resize+gemm",
  "squeeze-scaled+gate-resize",
  "2:gate-resize/gemm",
])("%s", (lowering) => {
  it("leaves the function of any small network as it was", () => {
    fc.assert(
      fc.property(small, ({ seed, ...of }) => {
        const options = `r=${of.reduction},gate=${of.gate},bias=${of.bias},place=${of.place}`;
        const name = `se-resnet8{${options},stages=${of.stages}}`;
        expect(errorOf(name, seed, lowering)).toBeLessThan(rounding);
      }),
      { numRuns: 12, seed: 2 },
    );
  });
});

describe.each(["se-resnet8", "se-resnet8{place=identity}"])("%s", (name) => {
  it("may have a convolution by ones before its residual sum", () => {
    expect(errorOf(name, 1, "residual-conv")).toBeLessThan(rounding);
    expect(errorOf(name, 2, "gate-resize+residual-conv")).toBeLessThan(rounding);
  });
});

const beforeConvolutions = fc.record({
  name: fc.constantFrom(
    "se-mobilenet-v1",
    "mobilenet-v3-small-075",
    "pp-lcnet-025",
    "efficientnet-b0",
    "regnety-400mf",
    "ghostnet",
  ),
  seed: fc.nat({ max: 1000 }),
  lowering: fc.constantFrom(
    "scale-forward",
    "scale-forward+gemm",
    "scale-forward+reduce-mean",
    "nchwc/2-3:scale-forward/gemm",
  ),
});

describe("scale-forward", () => {
  it("leaves the function of any network whose SE stands before a convolution as it was", () => {
    fc.assert(
      fc.property(beforeConvolutions, ({ name, seed, lowering }) => {
        expect(errorOf(name, seed, lowering)).toBeLessThan(rounding);
      }),
      { numRuns: testsAll ? 16 : 5, seed: 5 },
    );
  }, 240_000);

  it("leaves neither a product nor the norm of the convolution after it", () => {
    const network = buildNetwork("se-mobilenet-v1", { imageSize: 32 });
    const { nodes } = lower(network, seededWeights(network, 1), "scale-forward").network;
    const products = nodes.filter(({ role }) => role === "scale");
    expect(products.map(({ shape }) => shape)).toEqual([[1024, 1, 1]]);
    const after = nodes.find(({ name }) => name === "stage2/block0/trunk/depthwise/conv")!;
    expect(after.op).toMatchObject({ kind: "gatedConv2d", scales: "inputs", groups: 64 });
    expect(after.inputs).toEqual([
      "stage1/block0/trunk/pointwise/relu",
      "stage1/block0/excite/gate",
    ]);
  });
});

it.each(["squeeze-pushdown", "squeeze-fold", "squeeze-fold+scale-fold"])(
  "%s holds for convolutions in groups, and ones that read a batch norm",
  (lowering) => {
    expect(errorOf("se-shufflenet-v1-g3", 1, lowering)).toBeLessThan(rounding);
  },
);

const hardSwishing = fc.record({
  name: fc.constantFrom(
    "mobilenet-v3-small-075",
    "plain-mobilenet-v3-small-075",
    "pp-lcnet-025",
    "plain-pp-lcnet-025",
    "se-resnet8{activation=hard-swish,r=4}",
  ),
  seed: fc.nat({ max: 1000 }),
  form: fc.constantFrom("hard-sigmoid", "clip"),
  se: fc.constantFrom("", "/gemm", "/gate-resize", "/reduce-mean+gemm"),
});

describe("activation", () => {
  it("leaves the function of any network with hard-swish as it was, with SE or without", () => {
    fc.assert(
      fc.property(hardSwishing, ({ name, seed, form, se }) => {
        expect(errorOf(name, seed, `activation=${form}${se}`)).toBeLessThan(1e-12);
      }),
      { numRuns: 12, seed: 4 },
    );
  }, 60_000);

  it.each([
    ["hard-swish", ["hardSwish"]],
    ["hard-sigmoid", ["hardSigmoid", "mul"]],
    ["clip", ["offsetBy", "clip", "mul", "divideBy"]],
  ])("%s writes hard-swish as %j in both members", (form, kinds) => {
    for (const name of ["mobilenet-v3-small", "plain-mobilenet-v3-small"]) {
      const network = buildNetwork(name, { imageSize: 32 });
      const { nodes } = lower(network, new Map(), `activation=${form}`).network;
      const stem = nodes.filter((node) => node.name.startsWith("stem/act"));
      expect(stem.map(({ op }) => op.kind)).toEqual(kinds);
      expect(nodes.filter(({ op }) => op.kind === kinds.at(-1)).length).toBeGreaterThan(15);
    }
  });

  it("is refused for a network with SE that has no hard-swish", () => {
    const network = buildNetwork("se-resnet8");
    expect(() => lower(network, new Map(), "activation=clip")).toThrow(
      "se-resnet8 has no hard-swish",
    );
  });
});

const bottlenecks = fc
  .record({
    model: fc.constantFrom("se-resnet50", "se-resnext50-32x4d"),
    gate: fc.constantFrom("sigmoid", "tanh"),
    bias: fc.boolean(),
    layout: fc.constantFrom("torchvision", "timm", "timm-legacy"),
    seed: fc.nat({ max: 1000 }),
    lowering: fc.constantFrom(
      "squeeze-fold+scale-fold",
      "squeeze-pushdown+scale-fold+gemm",
      "2-3:squeeze-fold+scale-fold/4:squeeze-fold+reduce-mean/5:gate-resize+residual-conv",
      "nchwc/2-4:squeeze-fold+scale-fold/squeeze-fold+gate-resize+residual-conv",
    ),
  })
  .map(({ model, seed, lowering, ...of }) => ({
    name: `${model}{r=16,gate=${of.gate},bias=${of.bias},layout=${of.layout}}`,
    seed,
    lowering,
  }));

it("any form of bottlenecks leaves their function as it was", () => {
  fc.assert(
    fc.property(bottlenecks, ({ name, seed, lowering }) => {
      expect(errorOf(name, seed, lowering)).toBeLessThan(rounding);
    }),
    { numRuns: testsAll ? 8 : 3, seed: 1 },
  );
  // The oracle takes half a minute on a machine that does nothing else.
}, 240_000);

it("scale-fold leaves a convolution that the gate scales, and neither its norm nor a product", () => {
  const network = buildNetwork("se-resnet50", { imageSize: 32, classes: 10 });
  const { nodes } = lower(network, seededWeights(network, 1), "squeeze-fold+scale-fold").network;
  const block = nodes.filter(({ name }) => name.startsWith("stage3/block1/"));
  expect(block.map(({ name }) => name.slice("stage3/block1/".length))).toEqual([
    "trunk/conv1",
    "trunk/bn1",
    "trunk/relu1",
    "trunk/conv2",
    "trunk/bn2",
    "trunk/relu2",
    "squeeze/pool",
    "excite/fc1",
    "excite/relu",
    "excite/fc2",
    "excite/gate",
    "trunk/conv3",
    "trunk/add",
    "trunk/relu",
  ]);
  const { op, inputs, parameters } = nodes.find(
    ({ name }) => name === "stage3/block1/trunk/conv3",
  )!;
  expect(op.kind).toBe("gatedConv2d");
  expect(inputs).toEqual(["stage3/block1/trunk/relu2", "stage3/block1/excite/gate"]);
  expect(parameters.weight).toEqual({
    name: "layer2.1.conv3.gated.weight",
    shape: [512, 128, 1, 1],
  });
});

describe("what cannot be written so is named, with the reason", () => {
  it.each<[string, string, number, string]>([
    [
      "se-resnet50",
      "scale-fold",
      1,
      "needs what stage2/block0/trunk/conv3 gives for stage2/block0/squeeze/pool, too: add squeeze-fold",
    ],
    ["se-resnet50", "squeeze-fold+scale-fold", 2, "are those of one image, and a batch has 2"],
    ["se-vgg16-bn", "scale-fold", 1, "gives, a relu and no convolution"],
    [
      "se-resnet50",
      "scale-forward",
      1,
      "goes to stage2/block0/trunk/add, which is no convolution, but add",
    ],
    ["se-mobilenet-v1", "scale-forward", 2, "are those of one image, and a batch has 2"],
    ["se-vgg16-bn", "scale-forward", 1, "a convolution that is neither 1x1 nor depthwise"],
    ["se-vgg16-bn", "residual-conv", 1, "does not add what it scales to anything"],
    [
      "se-resnet50",
      "squeeze-fold+scale-fold+residual-conv",
      1,
      "stage 2, block 0 of se-resnet50 is without a product after scale-fold",
    ],
    [
      "se-resnet50{squeeze=none}",
      "gate-resize",
      1,
      "has no squeeze: its gate is [256, 16, 16] already",
    ],
    ["se-resnet50{squeeze=max}", "reduce-mean", 1, "squeezes by globalMaxPool, which is no mean"],
    [
      "se-resnet50{squeeze=none}",
      "reduce-mean",
      1,
      "stage 2, block 0 of se-resnet50{squeeze=none} has no squeeze",
    ],
    ["se-resnet20", "5:gemm", 1, "se-resnet20 has no stage 5"],
  ])("%s as %s in batches of %d", (name, lowering, batch, reason) => {
    const network = buildNetwork(name, { imageSize: 64 });
    expect(() => lower(network, new Map(), lowering, { batch })).toThrow(reason);
  });
});
