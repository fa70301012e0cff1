import { dirname } from "node:path";
import type { Block } from "../blocks/block.ts";
import { GraphView } from "../graph/graph-view.ts";
import { type Constant, type Node, numberOf, titleOf } from "../graph/model.ts";
import { readFloats } from "../graph/read-constant.ts";
import { openBytes } from "../proto/byte-source.ts";
import type { ShapedGraph } from "../shapes/access.ts";
import type { SlowForm } from "./slow-forms.ts";

/** A form that may compute wrongly, with the reason in place of what makes it slow. */
export type RiskyForm = SlowForm;

/** The largest finite half. */
const largestHalf = 65_504;

/** The step of a gate of 0 to 1 in eight bits, and how far from it a step may be. */
const gateStep = 1 / 255;
const gateSlack = 0.02;

/** Operators that onnxruntime has in integers only as their parts, and so computes in float32. */
const floatOperators: ReadonlySet<string> = new Set(["HardSigmoid", "HardSwish", "ReduceMean"]);

const layers: ReadonlySet<string> = new Set(["Conv", "Gemm", "MatMul", "ConvTranspose"]);

/**
 * Finds what a model does in a way whose result may be wrong in fp16 or int8.
 *
 * @param path the model's file, of whose weights the integers are read
 */
export function findRiskyForms(
  path: string,
  shaped: ShapedGraph,
  blocks: readonly Block[],
): RiskyForm[] {
  const view = new GraphView(shaped.graph);
  const { nodes } = shaped.graph;
  const quantised = nodes.filter(({ inputs, outputs }) => {
    const giver = view.givers.get(inputs[0] ?? "");
    const readers = view.readersOf(outputs[0] ?? "");
    return (
      giver?.op === "DequantizeLinear" && readers.some((each) => opOf(each) === "QuantizeLinear")
    );
  });
  const gates = new Set(blocks.flatMap(({ excite }) => excite.filter(isGate)));
  const forms: RiskyForm[] = [
    {
      what: "squeezes in fp16 over many pixels",
      why: `an engine that adds in fp16 overflows where a channel's mean is larger than ${largestHalf.toLocaleString("en")} over the pixels: see bench numerics`,
      nodes: blocks.flatMap((block) => halfSqueezes(block, shaped)),
    },
    {
      what: "gates whose scale is not that of 0 to 1",
      why: `a gate's step in eight bits is 1/255: a coarser one loses accuracy, a finer one cuts the gate`,
      nodes: [...gates].filter((gate) => hasOtherScale(gate, view, shaped)).map(titleOf),
    },
    {
      what: "operators that leave int8",
      why: "onnxruntime has no integer kernel for them and computes them in float32, with the whole map for ReduceMean: a hard sigmoid can be part of the layer before it, and a mean a GlobalAveragePool",
      nodes: quantised.filter(({ op }) => floatOperators.has(op)).map(titleOf),
    },
    {
      what: "weights with a scale for each input",
      why: "onnxruntime applies the scales to the outputs from the level extended on, which is silently wrong; axis 1 is also what a DequantizeLinear without axis has",
      nodes: nodes.filter((node) => isScaledByInput(node, view, shaped)).map(titleOf),
    },
    {
      what: "integer weights that can saturate",
      why: "on x64 without VNNI onnxruntime adds two products of an activation up to 255 and a weight in 16 bits, where two neighbours of one sign that come to more than 128 do not fit: quantise with reduce_range, or weights as uint8",
      nodes: saturatingLayers(path, view, shaped),
    },
    {
      what: "average pools in integers whose windows hang over the padding",
      why: "onnxruntime counts the overhang in the divisor where ceil_mode and count_include_pad are set",
      nodes: quantised
        .filter(
          (node) =>
            node.op === "AveragePool" &&
            numberOf(node, "ceil_mode", 0) === 1 &&
            numberOf(node, "count_include_pad", 0) === 1,
        )
        .map(titleOf),
    },
  ];
  return forms.filter((form) => form.nodes.length > 0);
}

const opOf = (reader: Node | string) => (typeof reader === "string" ? null : reader.op);

const isGate = ({ op }: Node) => op === "Sigmoid" || op === "HardSigmoid";

const halfType = 10;

/** The squeezes of a block in fp16, with the largest mean that their sum can hold. */
function halfSqueezes({ squeezes, weights }: Block, { known }: ShapedGraph): string[] {
  const isHalf = [...weights.keys()].some((name) => known.constants.get(name)?.type === halfType);
  if (!isHalf) return [];
  return squeezes.flatMap((squeeze) => {
    const [, , height, width] = known.dimsOf(squeeze.inputs[0]) ?? [];
    if (typeof height !== "number" || typeof width !== "number" || height * width < 2) return [];
    const most = Number((largestHalf / (height * width)).toPrecision(3));
    return [`${titleOf(squeeze)} (${height * width} pixels: a mean of ${most})`];
  });
}

/** Whether a gate is quantised by another scale than that of 0 to 1. */
function hasOtherScale({ outputs }: Node, view: GraphView, { known }: ShapedGraph): boolean {
  return view.readersOf(outputs[0]!).some((reader) => {
    if (typeof reader === "string" || reader.op !== "QuantizeLinear") return false;
    const [scale] = known.numbersOf(reader.inputs[1]) ?? [];
    return typeof scale === "number" && Math.abs(scale / gateStep - 1) > gateSlack;
  });
}

/** Whether a DequantizeLinear gives a layer's weights by scales along the layer's inputs. */
function isScaledByInput(node: Node, view: GraphView, { known }: ShapedGraph): boolean {
  if (node.op !== "DequantizeLinear" || !known.constants.has(node.inputs[0] ?? "")) return false;
  const scales = known.dimsOf(node.inputs[1]);
  const isPerChannel = scales?.length === 1 && scales[0] !== 1;
  if (!isPerChannel) return false;
  const axis = numberOf(node, "axis", 1);
  return view.readersOf(node.outputs[0]!).some((reader) => {
    if (typeof reader === "string" || !layers.has(reader.op)) return false;
    return reader.inputs[1] === node.outputs[0] && axis !== outputAxis(reader);
  });
}

/** The axis of a layer's weights that counts its outputs. */
function outputAxis(layer: Node): number {
  if (layer.op === "Conv") return 0;
  if (layer.op === "Gemm") return numberOf(layer, "transB", 0) === 1 ? 0 : 1;
  return 1;
}

const int8Type = 3;

/** The most that two weights may come to whose products with 255 are added in 16 bits: 32,767 / 255. */
const mostOfTwo = 128;

/** The input of an integer operator that has its weights. */
const weightOfInteger: Readonly<Record<string, number>> = {
  QLinearConv: 3,
  QLinearMatMul: 3,
  ConvInteger: 1,
  MatMulInteger: 1,
};

const isConvolution = ({ op }: Node) => op.includes("Conv");

/** The layers in int8 whose weights have neighbours that do not fit, with how many of them do not. */
function saturatingLayers(path: string, view: GraphView, { graph, known }: ShapedGraph): string[] {
  const layersOf = ({ op, inputs, outputs }: Node): [layer: Node, weight: string][] => {
    if (op === "DequantizeLinear") {
      const readers = view.readersOf(outputs[0]!).filter((each) => typeof each !== "string");
      return readers
        .filter((each) => layers.has(each.op) && each.inputs[1] === outputs[0])
        .map((each) => [each, inputs[0]!]);
    }
    return [];
  };
  const found: string[] = [];
  using source = openBytes(path);
  for (const node of graph.nodes) {
    const place = weightOfInteger[node.op];
    const asked = place === undefined ? layersOf(node) : [[node, node.inputs[place]!] as const];
    for (const [layer, name] of asked) {
      const weight = known.constants.get(name);
      if (weight?.type !== int8Type || isDepthwise(layer, weight)) continue;
      const pairs = pairsOf(readFloats(source, dirname(path), weight), weight.dims, layer);
      if (pairs.saturating === 0) continue;
      const share = Math.max(0.1, (100 * pairs.saturating) / pairs.all).toFixed(1);
      found.push(`${titleOf(layer)} (${share} % of the pairs)`);
    }
  }
  return found;
}

/** Whether each output of a convolution reads one channel, whose products are widened one by one. */
function isDepthwise(layer: Node, { dims }: Constant): boolean {
  return isConvolution(layer) && dims[1] === 1 && numberOf(layer, "group", 1) > 1;
}

/** The pairs of neighbours along a layer's inputs, and how many of them do not fit. */
function pairsOf(values: Float32Array, dims: readonly number[], layer: Node) {
  const isLast = !isConvolution(layer);
  const byRow = isLast && outputAxis(layer) === 0;
  const [outputs, inputs] = isLast && !byRow ? [dims.at(-1)!, dims.at(-2)!] : [dims[0]!, dims[1]!];
  const area = isLast ? 1 : values.length / (outputs * inputs);
  const at = (output: number, input: number, place: number) =>
    isLast && !byRow
      ? values[input * outputs + output]!
      : values[(output * inputs + input) * area + place]!;
  let [all, saturating] = [0, 0];
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input + 1 < inputs; input += 2) {
      for (let place = 0; place < area; place++) {
        all += 1;
        const sum = at(output, input, place) + at(output, input + 1, place);
        if (Math.abs(sum) > mostOfTwo) saturating += 1;
      }
    }
  }
  return { all, saturating };
}
