import type { FileOperator } from "@sebench/tflite";
import { findBlocks } from "../blocks/find-blocks.ts";
import { GraphView } from "../graph/graph-view.ts";
import { sizeOf } from "../graph/model.ts";
import { inferShapes, type InputSizes } from "../shapes/infer.ts";
import { isParameter } from "../shapes/parameters.ts";
import { readTfliteModel, type TfliteModel } from "../tflite/read-tflite-model.ts";
import {
  blocksOf,
  type Inspection,
  inspectionVersion,
  operatorsOf,
  precisionOf,
  sizeNotes,
  sumOf,
  throughLayout,
  valueOf,
  type Written,
} from "./inspection.ts";
import type { RuntimeNote } from "./runtimes.ts";

/** Inspects a TensorFlow Lite model. */
export function inspectTflite(path: string, sizes: InputSizes): Inspection {
  const read = readTfliteModel(path);
  const { model, operators, origins } = read;
  const shaped = inferShapes(model, sizes);
  const view = new GraphView(model.graph);
  const written = wordsOf(read);
  const found = findBlocks(shaped).map((block) =>
    Object.assign(block, {
      readers: block.readers.flatMap((reader) => throughLayout(reader, view, origins)),
    }),
  );
  const counted = model.graph.constants.filter(({ type, dims }) => isParameter(type, dims));
  const isQuantised = read.tensors.some(({ quantised }) => quantised);
  return {
    schema: inspectionVersion,
    file: path,
    format: "tflite",
    bytes: model.bytes,
    sha256: model.sha256,
    producer: model.producer.name || null,
    irVersion: null,
    opsets: {},
    inputs: shaped.inputs.map(valueOf),
    outputs: shaped.outputs.map(valueOf),
    precision: isQuantised ? "int8" : precisionOf(model, counted),
    parameters: counted.reduce((sum, { dims }) => sum + sizeOf(dims), 0),
    macs: sumOf([...shaped.macs.values()]),
    nodes: operators.length,
    operators: operatorsOf(operators.map(({ name }) => ({ op: name, domain: "" }))),
    ...blocksOf(found, written),
    slowForms: [],
    runtimes: litertRuntimes(read),
    obstacle: { node: null, why: "TensorFlow Lite models are inspected, and not imported" },
    notes: sizeNotes(shaped, written),
  };
}

/** What the file calls the operators that were looked at, each once: by the tensor that they give. */
function wordsOf({ origins, tensors }: TfliteModel): Written {
  return {
    nodes: (looked) =>
      [...new Set(looked.flatMap((node) => origins.get(node) ?? []))].map((operator) => ({
        op: operator.name,
        title: tensors[operator.outputs[0] ?? -1]?.name ?? operator.name,
      })),
    tensor: (name) => name.replace(/#\d+$/, ""),
  };
}

/** The custom operators that LiteRT.js 2.5.3 was seen to take: one of MediaPipe's. */
const knownCustom: ReadonlySet<string> = new Set(["Convolution2DTransposeBias"]);

/** The operators that LiteRT.js 2.5.3 was seen to leave to other kernels than XNNPACK's. */
const undelegated: ReadonlySet<string> = new Set(["PADV2", "RELU_0_TO_1", "CUMSUM", "GATHER"]);

/** The most inputs of a CONCATENATION that XNNPACK takes. */
const mostJoined = 5;

/** A reason why a runtime does not take a model, and of which operators it holds. */
interface Rule {
  readonly why: string;
  readonly holds: (operator: FileOperator) => boolean;
}

const custom: Rule = {
  why: "LiteRT.js has no kernel for custom operators of this name",
  holds: ({ isCustom, name }) => isCustom && !knownCustom.has(name),
};

const xnnpack: Rule = {
  why: "XNNPACK leaves these operators to other kernels, and a model that is not delegated as a whole is refused",
  holds: ({ name, inputs }) =>
    undelegated.has(name) || (name === "CONCATENATION" && inputs.length > mostJoined),
};

const groups: (tensors: TfliteModel["tensors"]) => Rule = (tensors) => ({
  why: "LiteRT.js on WebGPU computes convolutions wrongly whose groups have inputs or outputs that are no multiples of four",
  holds: ({ name, inputs }) => {
    const [map, filter] = inputs.map((index) => tensors[index]?.shape);
    if (name !== "CONV_2D" || map?.length !== 4 || filter?.length !== 4) return false;
    const own = filter[3]!;
    const count = map[3]! / own;
    return count > 1 && (own % 4 !== 0 || (filter[0]! / count) % 4 !== 0);
  },
});

/** Tells of each runtime of LiteRT.js what was seen of how it takes a model's operators. */
function litertRuntimes({ operators, tensors }: TfliteModel): RuntimeNote[] {
  const rulesOf = {
    "litert-web/wasm": [custom, xnnpack],
    "litert-web/webgpu": [custom, groups(tensors)],
    "litert-web/webnn": [custom],
  };
  return Object.entries(rulesOf).map(([runtime, rules]) => {
    const reasons = rules.flatMap(({ why, holds }) => {
      const nodes = operators
        .filter(holds)
        .map(({ name, outputs }) => `${name} ${tensors[outputs[0] ?? -1]?.name ?? ""}`.trim());
      return nodes.length === 0 ? [] : [{ why, nodes }];
    });
    return { runtime, takes: reasons.length === 0 ? "yes" : "no", reasons };
  });
}
