import {
  elementCount,
  type Network,
  type Node,
  type Op,
  type Parameter,
  parametersOf,
  type Tensor,
} from "@sebench/spec";
import { noOperators, type Notation, type WeightSource, valueName } from "../graph/notation.ts";
import type { Operators, Scalar } from "../graph/operators.ts";
import { int } from "../proto/attribute.ts";
import {
  floatTensor,
  int32Tensor,
  int8Tensor,
  type TensorProto,
  uint8Tensor,
} from "../proto/tensor-proto.ts";
import {
  activationScales,
  type ActivationRanges,
  type ActivationScale,
} from "./activation-scales.ts";
import { boundBy } from "./float-notation.ts";
import type { onnx } from "../proto/onnx-proto.js";

/**
 * The notation of int8 in QDQ form: the operators stay, and between a value and its
 * readers stand a QuantizeLinear and a DequantizeLinear, in 0..255 with one scale for the
 * tensor, from its range; the scale of a gate is 1/255. Convolutions and dense layers have their weights in int8 with a
 * scale for each output channel, and their biases in int32. An engine replaces an operator
 * and its neighbours by an integer kernel if it has one; an operator without such a kernel
 * (tanh, maximum over the map) computes in fp32. Form and choice of operators are those of
 * onnxruntime's own `quantize_static`, except that the logits stay in fp32.
 */
export function int8Notation(network: Network, ranges: ActivationRanges): Notation {
  const scales = activationScales(network, ranges);
  const name = (node: string) => valueName(network, node);
  const isLayer = ({ op, inputs }: Node) =>
    (op.kind === "conv2d" || op.kind === "dense") && scales.has(inputs[0]!);
  return {
    gives: name,
    reads: (node) => (scales.has(node) ? dequantised(name(node)) : name(node)),
    afterNode(node) {
      const scale = scales.get(node.name);
      return scale === undefined ? noOperators : pair(name(node.name), scale);
    },
    parametersOf: (node) =>
      isLayer(node) ? dequantisedLayer(node) : { parameters: node.parameters, before: noOperators },
    scalar,
    bound: boundBy(floatTensor),
    *initializers(weights) {
      for (const node of network.nodes) {
        if (isLayer(node)) yield* layerTensors(node, scales.get(node.inputs[0]!)!, weights);
        else yield* floatTensors(node, weights);
      }
    },
    expected: expectedOf(network),
  };
}

const dequantised = (value: string) => `${value}/dequantised`;
const scaleName = (value: string) => `${value}/scale`;
const zeroPointName = (value: string) => `${value}/zero-point`;

/** The two operators that turn a value into integers and back. */
function pair(value: string, { scale, zeroPoint }: ActivationScale): Operators {
  const by = [scaleName(value), zeroPointName(value)];
  const quantised = `${value}/quantised`;
  return {
    nodes: [
      {
        name: `${value}/quantise`,
        opType: "QuantizeLinear",
        input: [value, ...by],
        output: [quantised],
      },
      {
        name: `${value}/dequantise`,
        opType: "DequantizeLinear",
        input: [quantised, ...by],
        output: [dequantised(value)],
      },
    ],
    constants: [
      floatTensor(scaleName(value), [], Float32Array.of(scale)),
      uint8Tensor(zeroPointName(value), [], Uint8Array.of(zeroPoint)),
    ],
  };
}

/** A constant factor at the greatest level of its scale, so that the factor is exact. */
function scalar(name: string, value: number): Scalar {
  const level = value < 0 ? 0 : 255;
  const zeroPoint = 255 - level;
  const constants = [
    uint8Tensor(name, [], Uint8Array.of(level)),
    floatTensor(scaleName(name), [], Float32Array.of(Math.abs(value) / 255)),
    uint8Tensor(zeroPointName(name), [], Uint8Array.of(zeroPoint)),
  ];
  const node = {
    name: `${name}/dequantise`,
    opType: "DequantizeLinear",
    input: [name, scaleName(name), zeroPointName(name)],
    output: [dequantised(name)],
  };
  return { reads: dequantised(name), before: { nodes: [node], constants } };
}

function dequantisedLayer(node: Node): ReturnType<Notation["parametersOf"]> {
  const { weight, bias } = node.parameters;
  const parts = [
    dequantiseParameter(`${node.name}/weight`, weight!, [zeroPointName(weight!.name)]),
    // Integers of 32 bits have no zero point.
    ...(bias ? [dequantiseParameter(`${node.name}/bias`, bias, [])] : []),
  ];
  return {
    parameters: {
      weight: { ...weight!, name: `${node.name}/weight` },
      ...(bias ? { bias: { ...bias, name: `${node.name}/bias` } } : {}),
    },
    before: { nodes: parts, constants: [] },
  };
}

function dequantiseParameter(
  output: string,
  { name }: Parameter,
  zeroPoint: readonly string[],
): onnx.NodeProto.$Properties {
  return {
    name: `${output}/dequantise`,
    opType: "DequantizeLinear",
    input: [name, scaleName(name), ...zeroPoint],
    output: [output],
    attribute: [int("axis", 0)],
  };
}

function* layerTensors(
  { op, parameters }: Node,
  { scale }: ActivationScale,
  weights: WeightSource,
): Generator<TensorProto> {
  const { name, shape } = parameters.weight!;
  const bias = parameters.bias && weights.get(parameters.bias.name);
  const layer = quantiseLayer(scale, weights.get(name)!, bias, greatestWeightOf(op));
  const channels = [shape[0]!];
  yield int8Tensor(name, shape, layer.weight);
  yield floatTensor(scaleName(name), channels, layer.weightScale);
  yield int8Tensor(zeroPointName(name), channels, new Int8Array(shape[0]!));
  if (!parameters.bias) return;
  yield int32Tensor(parameters.bias.name, channels, layer.bias);
  yield floatTensor(scaleName(parameters.bias.name), channels, layer.biasScale);
}

function* floatTensors({ parameters }: Node, weights: WeightSource): Generator<TensorProto> {
  for (const { name, shape } of Object.values(parameters)) {
    yield floatTensor(name, shape, weights.get(name)!.data);
  }
}

/** The initializers and bytes to expect: a weight has scales and zero points of five bytes a channel. */
function expectedOf(network: Network): Notation["expected"] {
  let dataBytes = 0;
  const parameters = parametersOf(network);
  for (const { slot, shape } of parameters) {
    const values = elementCount(shape);
    dataBytes += slot === "weight" && shape.length > 1 ? values + 5 * shape[0]! : 8 * values;
  }
  return { count: 3 * parameters.length, dataBytes };
}

/** The parameters of a convolution or a dense layer in integers. */
interface QuantisedLayer {
  /** The integers q of `weight = q * scale`. */
  readonly weight: Int8Array;
  /** The scale of each output channel's weights. */
  readonly weightScale: Float32Array;
  /** The integers q of `bias = q * scale`. */
  readonly bias: Int32Array;
  /** The scale of each channel's bias, which is that of the products to which the bias is added. */
  readonly biasScale: Float32Array;
}

/**
 * The greatest weight: weights lie in -64..64, seven bits and not eight. On x64 without
 * VNNI, onnxruntime's kernels add two products of an activation in 0..255 and a weight in
 * 16 bits (VPMADDUBSW), and a sum that does not fit saturates: 2 * 255 * 64 = 32640 fits,
 * 2 * 255 * 127 does not. The relaxed SIMD of WebAssembly leaves the eighth bit open in
 * the same way. onnxruntime's own tool calls this range `reduce_range` and advises it for
 * such machines; models in this range give the same output on every machine. Weights as
 * uint8 would be exact with eight bits, and were up to 1.9 times as slow (docs/numerics.md).
 */
const greatestWeight = 64;

/** The greatest weight of a depthwise layer, whose kernels widen each product by itself. */
const greatestDepthwise = 127;

function greatestWeightOf(op: Op): number {
  const isDepthwise = op.kind === "conv2d" && op.groups > 1 && op.groups === op.outChannels;
  return isDepthwise ? greatestDepthwise : greatestWeight;
}

/** The greatest bias, which in 32 bits leaves room for the products that are added to the bias. */
const greatestBias = 2 ** 30;

/**
 * Quantises the parameters of a layer.
 *
 * @param bias The bias of the layer; a layer without bias gets zeros.
 * @param greatest The integer that the greatest weight of a channel becomes.
 */
export function quantiseLayer(
  inputScale: number,
  weight: Tensor,
  bias: Tensor | undefined,
  greatest: number = greatestWeight,
): QuantisedLayer {
  const channels = weight.shape[0]!;
  const length = weight.data.length / channels;
  const layer: QuantisedLayer = {
    weight: new Int8Array(weight.data.length),
    weightScale: new Float32Array(channels),
    bias: new Int32Array(channels),
    biasScale: new Float32Array(channels),
  };
  for (let channel = 0; channel < channels; channel++) {
    const [start, end] = [channel * length, (channel + 1) * length];
    const offset = bias?.data[channel] ?? 0;
    const scale = weightScale(weight.data.subarray(start, end), offset, inputScale, greatest);
    for (let at = start; at < end; at++) layer.weight[at] = Math.round(weight.data[at]! / scale);
    layer.weightScale[channel] = scale;
    layer.biasScale[channel] = inputScale * scale;
    layer.bias[channel] = Math.round(offset / layer.biasScale[channel]!);
  }
  return layer;
}

/**
 * The scale of one output channel's weights. A channel that training has left with hardly
 * any weight may have a bias that 32 bits cannot hold at the scale of its weights; the
 * channel then gets a coarser scale.
 */
function weightScale(
  weights: Float32Array,
  bias: number,
  inputScale: number,
  greatest: number,
): number {
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  const forBias = Math.abs(bias) / (inputScale * greatestBias);
  const scale = Math.fround(Math.max(largest / greatest, forBias));
  return scale === 0 ? 1 : scale;
}
