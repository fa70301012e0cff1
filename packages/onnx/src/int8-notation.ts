import { elementCount, type Network, type Node, type Parameter, parametersOf } from "@sebench/spec";
import {
  activationScales,
  type ActivationRanges,
  type ActivationScale,
} from "./activation-scales.ts";
import { int } from "./attribute.ts";
import { noOperators, type Notation, type WeightSource } from "./notation.ts";
import type { onnx } from "./onnx-proto.js";
import type { Operators, Scalar } from "./operators.ts";
import { quantiseLayer } from "./quantise-layer.ts";
import {
  floatTensor,
  int32Tensor,
  int8Tensor,
  type TensorProto,
  uint8Tensor,
} from "./tensor-proto.ts";
import { valueName } from "./value-name.ts";

/**
 * QDQ: the operators stay, and between a value and its readers stand a
 * QuantizeLinear and a DequantizeLinear, in 0..255 with one scale for the tensor,
 * from its range. Convolutions and dense layers have their weights in int8 with a
 * scale for each output channel, and their biases in int32. An engine puts
 * integer kernels in the place of an operator and its neighbours where it has
 * such; where it has none (tanh, maximum over the map), that operator computes in
 * fp32. This is the form, and the choice of operators, of onnxruntime's own
 * `quantize_static`, but that the logits stay in fp32.
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

/** A value in integers, and back. */
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

/** As the greatest level, so that it is exact. */
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
  { parameters }: Node,
  { scale }: ActivationScale,
  weights: WeightSource,
): Generator<TensorProto> {
  const { name, shape } = parameters.weight!;
  const bias = parameters.bias && weights.get(parameters.bias.name);
  const layer = quantiseLayer(scale, weights.get(name)!, bias);
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

/** A weight has its scales and zero points beside it: five bytes a channel. */
function expectedOf(network: Network): Notation["expected"] {
  let dataBytes = 0;
  const parameters = parametersOf(network);
  for (const { slot, shape } of parameters) {
    const values = elementCount(shape);
    dataBytes += slot === "weight" && shape.length > 1 ? values + 5 * shape[0]! : 8 * values;
  }
  return { count: 3 * parameters.length, dataBytes };
}
