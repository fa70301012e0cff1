import { elementCount, type Network, type Node, type Parameter, parametersOf } from "@sebench/spec";
import { noOperators, type Notation, type WeightSource, valueName } from "../graph/notation.ts";
import type { Scalar } from "../graph/operators.ts";
import { int } from "../proto/attribute.ts";
import type { onnx } from "../proto/onnx-proto.js";
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
import {
  type GatedInputs,
  gatedLayer,
  gateZeroPoints,
  isGated,
  ungatedScale,
} from "./gated-layer.ts";
import { dequantised, quantised, scaleName, zeroPointName } from "./integer-names.ts";
import { greatestWeightOf, type QuantisedLayer, quantiseLayer } from "./quantise-layer.ts";

/**
 * The notation of int8 in QDQ form: the operators stay, and between a value and its readers stand a
 * QuantizeLinear and a DequantizeLinear, in 0..255 with one scale for the tensor, from its range; the
 * scale of a gate is 1/255. Convolutions and dense layers have their weights in int8 with a scale for
 * each output channel, and their biases in int32. An engine replaces an operator and its neighbours
 * by an integer kernel if it has one; an operator without such a kernel (tanh, maximum over the map)
 * computes in fp32. A convolution that a gate scales is written as an integer operator, which reads
 * and gives the integers themselves. Form and choice of operators are else those of onnxruntime's own
 * `quantize_static`, except that the logits stay in fp32.
 */
export function int8Notation(network: Network, ranges: ActivationRanges): Notation {
  const scales = activationScales(network, ranges);
  const name = (node: string) => valueName(network, node);
  const isLayer = ({ op, inputs }: Node) =>
    (op.kind === "conv2d" || op.kind === "dense") && scales.has(inputs[0]!);
  const isGatedLayer = ({ name: own, op, inputs }: Node) =>
    isGated(op) && scales.has(inputs[0]!) && scales.has(own);
  // A gated layer reads integers, so the floats of what nothing else reads are left out.
  const readAsFloats = new Set(
    network.nodes.filter((node) => !isGatedLayer(node)).flatMap(({ inputs }) => inputs),
  );
  const gatedInputs = ({ inputs: [map, gate] }: Node): GatedInputs => {
    const isGateQuantised = scales.has(gate!);
    const value = name(gate!);
    return { map: name(map!), gate: isGateQuantised ? quantised(value) : value, isGateQuantised };
  };
  return {
    gives: name,
    reads: (node) => (scales.has(node) ? dequantised(name(node)) : name(node)),
    afterNode(node) {
      const scale = scales.get(node.name);
      if (scale === undefined) return noOperators;
      const [quantise, dequantise] = pair(name(node.name));
      const nodes = [
        ...(isGatedLayer(node) ? [] : [quantise]),
        ...(readAsFloats.has(node.name) ? [dequantise] : []),
      ];
      return { nodes, constants: scaleOfPair(name(node.name), scale) };
    },
    parametersOf: (node) =>
      isLayer(node) ? dequantisedLayer(node) : { parameters: node.parameters, before: noOperators },
    operatorsOf: (site) =>
      isGatedLayer(site.node) && isGated(site.node.op)
        ? gatedLayer(site, site.node.op, gatedInputs(site.node))
        : null,
    scalar,
    bound: boundBy(floatTensor),
    *initializers(weights) {
      for (const node of network.nodes) {
        const input = scales.get(node.inputs[0] ?? "");
        if (input && isLayer(node)) {
          yield* layerTensors(node, quantisedLayer(node, input, weights));
        } else if (input && isGatedLayer(node)) {
          const layer = quantisedLayer(node, input, weights);
          yield* gatedTensors(node, layer, scales.get(node.inputs[1]!));
        } else {
          yield* floatTensors(node, weights);
        }
      }
    },
    expected: expectedOf(network),
  };
}

/** The two operators that turn a value into integers and back. */
function pair(
  value: string,
): [quantise: onnx.NodeProto.$Properties, dequantise: onnx.NodeProto.$Properties] {
  const by = [scaleName(value), zeroPointName(value)];
  return [
    {
      name: `${value}/quantise`,
      opType: "QuantizeLinear",
      input: [value, ...by],
      output: [quantised(value)],
    },
    {
      name: `${value}/dequantise`,
      opType: "DequantizeLinear",
      input: [quantised(value), ...by],
      output: [dequantised(value)],
    },
  ];
}

function scaleOfPair(value: string, { scale, zeroPoint }: ActivationScale): TensorProto[] {
  return [
    floatTensor(scaleName(value), [], Float32Array.of(scale)),
    uint8Tensor(zeroPointName(value), [], Uint8Array.of(zeroPoint)),
  ];
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

function quantisedLayer(
  { op, parameters }: Node,
  { scale }: ActivationScale,
  weights: WeightSource,
): QuantisedLayer {
  const bias = parameters.bias && weights.get(parameters.bias.name);
  return quantiseLayer(scale, weights.get(parameters.weight!.name)!, bias, greatestWeightOf(op));
}

function* layerTensors(node: Node, layer: QuantisedLayer): Generator<TensorProto> {
  const { weight, bias } = node.parameters;
  yield* integersOf(node, layer);
  yield floatTensor(scaleName(weight!.name), [weight!.shape[0]!], layer.weightScale);
  if (bias) yield floatTensor(scaleName(bias.name), [weight!.shape[0]!], layer.biasScale);
}

/** The tensors of a layer whose scales a gate multiplies, and those of the gate's own integers. */
function* gatedTensors(
  node: Node,
  layer: QuantisedLayer,
  gate: ActivationScale | undefined,
): Generator<TensorProto> {
  const channels = [node.parameters.weight!.shape[0]!];
  yield* integersOf(node, layer);
  const scale = layer.weightScale.map((each) => each * (gate?.scale ?? 1));
  yield floatTensor(ungatedScale(node.name), channels, scale);
  if (gate === undefined) return;
  const points = new Uint8Array(channels[0]!).fill(gate.zeroPoint);
  yield uint8Tensor(gateZeroPoints(node.name), channels, points);
}

function* integersOf(
  { parameters: { weight, bias } }: Node,
  layer: QuantisedLayer,
): Generator<TensorProto> {
  const { name, shape } = weight!;
  const channels = [shape[0]!];
  yield int8Tensor(name, shape, layer.weight);
  yield int8Tensor(zeroPointName(name), channels, new Int8Array(shape[0]!));
  if (bias) yield int32Tensor(bias.name, channels, layer.bias);
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
