import { NodeMaker } from "../graph/node-maker.ts";
import type { GraphNode } from "./model-json.ts";

/**
 * A node of a graph model on its way into nodes of ONNX's operators, which the finder of blocks and
 * the rules of shapes know. Maps of a graph model have their channels last; convolutions and pools
 * stand between transpositions.
 */
export class Lowering extends NodeMaker {
  readonly node: GraphNode;
  /** The names of the tensors that the node reads, without what it only waits for. */
  readonly inputs: readonly string[];
  readonly #numbers: (name: string) => readonly number[] | null;

  /** @param numbers Gives the values of a small constant by its name, or null. */
  constructor(
    node: GraphNode,
    inputs: readonly string[],
    numbers: (name: string) => readonly number[] | null,
  ) {
    super(node.name);
    this.node = node;
    this.inputs = inputs;
    this.#numbers = numbers;
  }

  /** The values of an input that is a small constant, or null. */
  numbers(input: number): readonly number[] | null {
    const name = this.inputs.at(input);
    return name === undefined ? null : this.#numbers(name);
  }

  /** Adds a node that no rule of shapes knows. */
  opaque(outputs = 1): string[] {
    return this.emitAll(`tfjs:${this.node.op}`, this.inputs, {}, outputs);
  }

  /** Runs on a map with its channels first what gives such a map. */
  channelsFirst(name: string, run: (map: string) => string): string {
    return this.isChannelsFirst ? run(name) : this.turned(name, run);
  }

  get isChannelsFirst(): boolean {
    return this.node.attr["data_format"]?.s === "NCHW";
  }

  /** The lengths along height and width of an attribute that has some for all four axes. */
  space(name: string): readonly number[] {
    const list = this.node.attr[name]?.list?.i ?? [];
    return list.length === 4 ? (this.isChannelsFirst ? list.slice(2) : list.slice(1, 3)) : [1, 1];
  }
}

/** Writes a node in ONNX's operators, and gives its outputs; null where it cannot be written. */
export type Rule = (lowering: Lowering) => readonly string[] | null;

/** The operators that a layer may have fused behind its product, but for its bias. */
const fusedActivations: ReadonlyMap<string, (at: Lowering, name: string) => string> = new Map(
  Object.entries<(at: Lowering, name: string) => string>({
    Relu: (at, name) => at.emit("Relu", [name]),
    Relu6: (at, name) => at.emit("Clip", [name], { min: 0, max: 6 }),
    Elu: (at, name) => at.emit("Elu", [name]),
    LeakyRelu: (at, name) =>
      at.emit("LeakyRelu", [name], { alpha: at.node.attr["leakyrelu_alpha"]?.f ?? 0.2 }),
    Sigmoid: (at, name) => at.emit("Sigmoid", [name]),
    Tanh: (at, name) => at.emit("Tanh", [name]),
    Prelu: (at, name) => at.emit("PRelu", [name, at.inputs.at(-1)!]),
  }),
);

/** Adds what a layer has fused; null for an operator that is not known. */
function withFused(at: Lowering, product: string): readonly string[] | null {
  let name = product;
  for (const op of at.node.attr["fused_ops"]?.list?.s ?? []) {
    const activation = fusedActivations.get(op);
    if (activation !== undefined) name = activation(at, name);
    else if (op !== "BiasAdd") return null;
  }
  return [name];
}

/** The third input, if it is a bias that the layer has fused. */
function biasOf({ node, inputs }: Lowering): string[] {
  const hasBias = node.attr["fused_ops"]?.list?.s?.includes("BiasAdd") ?? false;
  return hasBias && inputs[2] !== undefined ? [inputs[2]] : [];
}

/** The padding of a window, in the terms of ONNX. */
function paddingOf(at: Lowering): Readonly<Record<string, string | readonly number[]>> {
  const padding = at.node.attr["padding"]?.s ?? "VALID";
  if (padding === "SAME") return { auto_pad: "SAME_UPPER" };
  const list = at.node.attr["explicit_paddings"]?.list?.i ?? [];
  if (padding !== "EXPLICIT" || list.length !== 8) return {};
  const [top, bottom, left, right] = list.slice(at.isChannelsFirst ? 4 : 2);
  return { pads: [top!, left!, bottom!, right!] };
}

const convolution: Rule = (at) => {
  const [map, filter] = at.inputs;
  if (map === undefined || filter === undefined) return null;
  const isDepthwise = at.node.op.includes("Depthwise");
  // A filter has height, width, inputs, outputs; a depthwise one the outputs of each input.
  const weights = isDepthwise
    ? at.emit("Reshape", [at.transposed(filter, [2, 3, 0, 1])], { shape: [-1, 1, 0, 0] })
    : at.transposed(filter, [3, 2, 0, 1]);
  if (isDepthwise) at.layouts.add(at.made.at(-1)!);
  const attributes = {
    strides: at.space("strides"),
    dilations: at.space("dilations"),
    ...paddingOf(at),
  };
  const product = at.channelsFirst(map, (first) =>
    at.emit("Conv", [first, weights, ...biasOf(at)], attributes),
  );
  return withFused(at, product);
};

const transposedConvolution: Rule = (at) => {
  const [, filter, map] = at.inputs;
  if (map === undefined || filter === undefined) return null;
  // The filter has height, width, outputs, inputs.
  const weights = at.transposed(filter, [3, 2, 0, 1]);
  const sizes = at.numbers(0);
  const asked = sizes?.length === 4 ? sizes.slice(1, 3) : null;
  const attributes = {
    strides: at.space("strides"),
    ...paddingOf(at),
    ...(asked?.every((size) => size > 0) && !at.isChannelsFirst && { output_shape: asked }),
  };
  return [at.channelsFirst(map, (first) => at.emit("ConvTranspose", [first, weights], attributes))];
};

const pool =
  (op: string): Rule =>
  (at) => {
    const [map] = at.inputs;
    if (map === undefined) return null;
    const attributes = {
      kernel_shape: at.space("ksize"),
      strides: at.space("strides"),
      ...paddingOf(at),
    };
    return [at.channelsFirst(map, (first) => at.emit(op, [first], attributes))];
  };

const matmul: Rule = (at) => {
  const [a, b] = at.inputs;
  if (a === undefined || b === undefined) return null;
  const isSet = (name: string) => Number(at.node.attr[name]?.b ?? false);
  const attributes = { transA: isSet("transpose_a"), transB: isSet("transpose_b") };
  return withFused(at, at.emit("Gemm", [a, b, ...biasOf(at)], attributes));
};

/** A product of stacks of matrices, one of which may be read across. */
const stackedMatmul: Rule = (at) => {
  const [a, b] = at.inputs;
  if (a === undefined || b === undefined) return null;
  const isAcross = at.node.attr["adj_x"]?.b || at.node.attr["adj_y"]?.b;
  // The number of axes is not known yet, so that the shape of what is read across is not either.
  return [at.emit("MatMul", isAcross ? at.opaque(2) : [a, b])];
};

/** A node with products that are not looked into, so that the model's MACs are not known. */
const hiddenProducts: Rule = (at) => [at.emit("MatMul", at.opaque(2))];

/** The rules of the operators that multiply by weights, and of pools. */
export const layerRules: readonly (readonly [string, Rule])[] = [
  ["Conv2D", convolution],
  ["_FusedConv2D", convolution],
  ["DepthwiseConv2d", convolution],
  ["DepthwiseConv2dNative", convolution],
  ["FusedDepthwiseConv2dNative", convolution],
  ["Conv2DBackpropInput", transposedConvolution],
  ["AvgPool", pool("AveragePool")],
  ["MaxPool", pool("MaxPool")],
  ["MatMul", matmul],
  ["_FusedMatMul", matmul],
  ["BatchMatMul", stackedMatmul],
  ["BatchMatMulV2", stackedMatmul],
  ["Conv1D", hiddenProducts],
  ["Conv3D", hiddenProducts],
  ["Einsum", hiddenProducts],
  ["If", hiddenProducts],
  ["StatelessIf", hiddenProducts],
  ["While", hiddenProducts],
  ["StatelessWhile", hiddenProducts],
  ["PartitionedCall", hiddenProducts],
  ["StatefulPartitionedCall", hiddenProducts],
];
