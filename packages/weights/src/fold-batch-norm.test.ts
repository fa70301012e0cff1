import { GraphBuilder, type Network, type Node, type Op, type Tensor } from "@sebench/spec";
import fc from "fast-check";
import { expect, test } from "vitest";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { checkWeights } from "./weights/weights.ts";

const norm: Op = { kind: "batchNorm", epsilon: 0.5 };

function conv(outChannels: number): Op {
  const [kernel, stride] = [[1, 1] as const, [1, 1] as const];
  return { kind: "conv2d", outChannels, groups: 1, kernel, stride, pads: [0, 0, 0, 0] };
}

/** A graph whose parameters are named after its nodes, and those nodes. */
function graphOf(channels: number) {
  const builder = new GraphBuilder("test", [channels, 1, 1]);
  const add = (local: string, op: Op, input: Node, bias = false) =>
    builder.add({ op, inputs: [input.name], role: "trunk", local, prefix: local, bias });
  return { builder, add, images: builder.input };
}

function tensor(shape: readonly number[], ...values: number[]): Tensor {
  return { shape, data: new Float32Array(values) };
}

/** A batch norm whose scales are 1 / sqrt(3.5 + 0.5) * [2, -4] = [1, -2]. */
const normWeights = {
  "bn.weight": tensor([2], 2, -4),
  "bn.bias": tensor([2], 10, 20),
  "bn.running_mean": tensor([2], 3, 0.5),
  "bn.running_var": tensor([2], 3.5, 3.5),
};

function chain(bias: boolean): Network {
  const { builder, add, images } = graphOf(3);
  const layer = add("conv", conv(2), images, bias);
  return builder.build(add("relu", { kind: "relu" }, add("bn", norm, layer)));
}

const convWeight = tensor([2, 3, 1, 1], 1, 2, 3, 4, 5, 6);

test("a convolution takes the scale of its batch norm, and a new bias takes the shift", () => {
  const network = chain(false);
  const weights = new Map(Object.entries({ "conv.weight": convWeight, ...normWeights }));
  const folded = foldBatchNorm(network, weights);
  expect([...folded.weights]).toEqual([
    ["conv.weight", tensor([2, 3, 1, 1], 1, 2, 3, -8, -10, -12)],
    ["conv.bias", tensor([2], 7, 21)],
  ]);
  expect(folded.network.nodes.map(({ name, inputs }) => [name, ...inputs])).toEqual([
    ["images"],
    ["trunk/conv", "images"],
    ["trunk/relu", "trunk/conv"],
  ]);
  expect(() => checkWeights(folded.network, folded.weights)).not.toThrow();
});

test("a bias that is there already goes through the batch norm too", () => {
  const weights = new Map(
    Object.entries({
      "conv.weight": convWeight,
      "conv.bias": tensor([2], 1, 1),
      ...normWeights,
    }),
  );
  const folded = foldBatchNorm(chain(true), weights);
  expect(folded.weights.get("conv.bias")).toEqual(tensor([2], 8, 19));
});

test("a batch norm after a dense layer is folded, and the output is the layer's", () => {
  const { builder, add, images } = graphOf(3);
  const fc1 = add("fc", { kind: "dense", units: 2 }, add("flat", { kind: "flatten" }, images));
  const network = builder.build(add("bn", norm, fc1));
  const weights = new Map(
    Object.entries({ "fc.weight": tensor([2, 3], 1, 2, 3, 4, 5, 6), ...normWeights }),
  );
  const folded = foldBatchNorm(network, weights);
  expect(folded.network.output).toBe("trunk/fc");
  expect(folded.weights.get("fc.weight")).toEqual(tensor([2, 3], 1, 2, 3, -8, -10, -12));
});

test("the network and the weights that are given stay as they are", () => {
  const network = chain(false);
  const weights = new Map(Object.entries({ "conv.weight": convWeight, ...normWeights }));
  const before = structuredClone({ network, weights });
  const folded = foldBatchNorm(network, weights);
  folded.weights.forEach(() => undefined);
  expect({ network, weights }).toEqual(before);
});

test("a batch norm stays where another node reads the convolution", () => {
  const { builder, add, images } = graphOf(3);
  const layer = add("conv", conv(2), images);
  const normed = add("bn", norm, layer);
  const network = builder.build(
    builder.add({
      op: { kind: "add" },
      inputs: [layer.name, normed.name],
      role: "trunk",
      local: "add",
    }),
  );
  const weights = new Map(Object.entries({ "conv.weight": convWeight, ...normWeights }));
  const folded = foldBatchNorm(network, weights);
  expect(folded.network).toEqual(network);
  expect(folded.weights.get("conv.weight")!.data).toBe(convWeight.data);
});

test("a batch norm stays where it does not follow a layer, or the layer gives the output", () => {
  const { builder, add, images } = graphOf(2);
  const layer = add("conv", conv(2), add("bn", norm, images));
  add("bn2", norm, layer);
  const network = builder.build(layer);
  expect(foldBatchNorm(network, new Map()).network).toEqual(network);
});

test("two layers that share a weight keep their batch norms", () => {
  const { builder, images } = graphOf(2);
  const add = (local: string, op: Op, input: Node, prefix: string) =>
    builder.add({ op, inputs: [input.name], role: "trunk", local, prefix });
  const first = add("bn1", norm, add("conv1", conv(2), images, "shared"), "bn1");
  const network = builder.build(add("bn2", norm, add("conv2", conv(2), first, "shared"), "bn2"));
  expect(foldBatchNorm(network, new Map()).network).toEqual(network);
});

test("a new bias takes no name that is there", () => {
  const { builder, add, images } = graphOf(3);
  const normed = add("bn", norm, add("conv", conv(2), images));
  const other = builder.add({
    op: norm,
    inputs: [normed.name],
    role: "trunk",
    local: "other",
    prefix: "conv.bias",
  });
  const named = {
    ...other,
    parameters: { ...other.parameters, bias: { name: "conv.bias", shape: [2] } },
  };
  const network = builder.build(other);
  const nodes = network.nodes.map((node) => (node === other ? named : node));
  const folded = foldBatchNorm({ ...network, nodes }, new Map());
  expect(folded.network.nodes[1]!.parameters.bias!.name).toBe("conv.bias.folded");
});

test("weights that lack a parameter of the batch norm are refused, by its name", () => {
  const { weights } = foldBatchNorm(chain(false), new Map([["conv.weight", convWeight]]));
  expect(() => weights.get("conv.weight")).toThrow("the weights lack bn.weight");
});

test("folded values are computed anew each time, so that nothing holds them", () => {
  const weights = new Map(Object.entries({ "conv.weight": convWeight, ...normWeights }));
  const folded = foldBatchNorm(chain(false), weights).weights;
  expect(folded.get("conv.weight")!.data).not.toBe(folded.get("conv.weight")!.data);
});

test("folding changes no more than the rounding of the weights to float32 does", () => {
  const value = fc.float({ min: -4, max: 4, noNaN: true });
  const positive = fc.float({ min: Math.fround(0.01), max: 4, noNaN: true });
  const row = fc.tuple(value, value, value);
  fc.assert(
    fc.property(
      row,
      row,
      value,
      value,
      value,
      positive,
      (pixel, w, gamma, beta, mean, variance) => {
        const { builder, add, images } = graphOf(3);
        const network = builder.build(add("bn", norm, add("conv", conv(1), images)));
        const weights = new Map(
          Object.entries({
            "conv.weight": tensor([1, 3, 1, 1], ...w),
            "bn.weight": tensor([1], gamma),
            "bn.bias": tensor([1], beta),
            "bn.running_mean": tensor([1], mean),
            "bn.running_var": tensor([1], variance),
          }),
        );
        const before = ((dot(pixel, w) - mean) / Math.sqrt(variance + 0.5)) * gamma + beta;
        const folded = foldBatchNorm(network, weights).weights;
        const after =
          dot(pixel, [...folded.get("conv.weight")!.data]) + folded.get("conv.bias")!.data[0]!;
        // The sum has three weights of at most 23 times pixels of at most 4, and a bias of at most
        // 30, each rounded by half a unit in the last of 24 bits.
        expect(Math.abs(after - before)).toBeLessThan((3 * 23 * 4 + 30) * 2 ** -24);
      },
    ),
  );
});

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}
