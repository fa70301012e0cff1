import { runReference } from "@sebench/reference";
import { buildNetwork, inputShape, type Network, type Tensor } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { defaultLowering, lower } from "./lower.ts";
import { passNames } from "./lowering.ts";

function built(name: string) {
  const network = buildNetwork(name, { imageSize: 16 });
  return { network, weights: seededWeights(network, 1) };
}

function nodesOf(network: Network, prefix: string) {
  return network.nodes.filter(({ name }) => name.startsWith(prefix));
}

describe("gemm", () => {
  it("writes squeeze and excitation over a vector, in its old roles and under its old names", () => {
    const { network, weights } = built("se-resnet20{r=4}");
    const nodes = nodesOf(lower(network, weights, "gemm").network, "stage3/block1/");
    expect(
      nodes
        .filter(({ role }) => role !== "trunk")
        .map(({ name, op, role, shape }) => [
          name.split("/").slice(2).join("/"),
          op.kind,
          role,
          shape,
        ]),
    ).toEqual([
      ["squeeze/pool", "globalAvgPool", "squeeze", [32, 1, 1]],
      ["squeeze/flatten", "flatten", "squeeze", [32]],
      ["excite/fc1", "dense", "excite", [8]],
      ["excite/relu", "relu", "excite", [8]],
      ["excite/fc2", "dense", "excite", [32]],
      ["excite/gate", "sigmoid", "excite", [32]],
      ["excite/unflatten", "unflatten", "excite", [32, 1, 1]],
      ["scale/mul", "mul", "scale", [32, 8, 8]],
    ]);
  });

  it("drops the kernel's axes from the weights' shapes and copies no value", () => {
    const { network, weights } = built("se-resnet20{r=4}");
    const lowered = lower(network, weights, "gemm");
    const name = "layer2.1.se.fc1.weight";
    expect(weights.get(name)!.shape).toEqual([8, 32, 1, 1]);
    expect(lowered.weights.get(name)!.shape).toEqual([8, 32]);
    expect([...lowered.weights.keys()]).toEqual([...weights.keys()]);
    for (const [key, { data }] of weights) expect(lowered.weights.get(key)!.data).toBe(data);
  });

  it.each([
    "se-resnet20{r=4}",
    "se-resnet20{r=4,squeeze=max,gate=tanh,bias=false}",
    "se-resnet20{r=4,place=pre,gate=relu}",
    "se-resnet20{r=4,place=identity,stages=2+4}",
    "se-resnet20{r=4,place=post}",
    "se-resnet20{r=4,place=conv3x3}",
    "se-resnet18{layout=timm-legacy}",
  ])("leaves the function of %s as it was", (name) => {
    const network = buildNetwork(name, { imageSize: 32 });
    const weights = seededWeights(network, 1);
    const lowered = lower(network, weights, "gemm");
    const images = image(network);
    const before = runReference(network, weights, images);
    const after = runReference(lowered.network, lowered.weights, images);
    const largest = Math.max(...before.map(Math.abs));
    before.forEach((value, index) => {
      expect(Math.abs(after[index]! - value)).toBeLessThan(1e-12 * largest);
    });
  });

  it("refuses a block without a squeeze, and says which and why", () => {
    const { network, weights } = built("se-resnet20{r=4,squeeze=none,stages=3}");
    expect(() => lower(network, weights, "gemm")).toThrow(
      /stage 3, block 0 of se-resnet20\{r=4,squeeze=none,stages=3\} has no squeeze/,
    );
    expect(() => lower(network, weights, "gemm")).toThrow(
      expect.objectContaining({ remedy: "choose residual-conv or conv1x1" }),
    );
  });
});

describe("any lowering", () => {
  it.each(passNames)("%s leaves a network without SE as it is", (name) => {
    const { network, weights } = built("resnet20");
    expect(lower(network, weights, name)).toEqual({ network, weights, lowering: name });
  });

  it("is known by name", () => {
    const { network, weights } = built("se-resnet20");
    expect(() => lower(network, weights, "toString")).toThrow(
      expect.objectContaining({
        name: "InputError",
        remedy: expect.stringContaining("gemm, conv1x1"),
      }),
    );
  });
});

describe("conv1x1", () => {
  it("is the form in which networks are built", () => {
    const { network, weights } = built("se-resnet20");
    const lowered = lower(network, weights, "conv1x1");
    expect(lowered.network).toBe(network);
    expect(lowered.weights).toBe(weights);
  });
});

describe("the default lowering", () => {
  it.each([
    ["resnet20", "gemm"],
    ["se-resnet20", "gemm"],
    ["se-resnet20{squeeze=max}", "gemm"],
    ["se-resnet20{squeeze=none}", "conv1x1"],
  ])("of %s is %s", (name, lowering) => {
    expect(defaultLowering(buildNetwork(name))).toBe(lowering);
  });
});

function image(network: Network): Tensor {
  const shape = [1, ...inputShape(network)];
  const length = shape.reduce((product, extent) => product * extent);
  return { shape, data: Float32Array.from({ length }, (_, index) => Math.sin(index * index)) };
}
