import type { Block } from "../blocks/block.ts";
import { findBlocks } from "../blocks/find-blocks.ts";
import { GraphView } from "../graph/graph-view.ts";
import { type Model, sizeOf, titleOf } from "../graph/model.ts";
import { constantsIn, readModel } from "../graph/read-model.ts";
import { importGraph } from "../import/import-graph.ts";
import type { ShapedGraph } from "../shapes/access.ts";
import { inferShapes, type InputSizes } from "../shapes/infer.ts";
import { isParameter } from "../shapes/parameters.ts";
import { type GraphModel, isJson, readGraphModel } from "../tfjs/read-graph-model.ts";
import { storedPrecision } from "../tfjs/weights.ts";
import { isTflite, readTfliteModel, type TfliteModel } from "../tflite/read-tflite-model.ts";
import {
  asInOnnx,
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
import { findRiskyForms } from "./risky-forms.ts";
import { graphModelRuntimes, litertRuntimes, runtimeNotes } from "./runtimes.ts";
import { findSlowForms } from "./slow-forms.ts";

/**
 * Inspects a model's file: ONNX, TensorFlow Lite, or the model.json of a tfjs graph model.
 *
 * @param sizes The sizes of the inputs whose lengths are free.
 */
export function inspectModel(path: string, sizes: InputSizes = new Map()): Inspection {
  if (isTflite(path)) return inspectTflite(path, sizes);
  return isJson(path) ? inspectGraphModel(path, sizes) : inspectOnnx(path, sizes);
}

function inspectOnnx(path: string, sizes: InputSizes): Inspection {
  const model = readModel(path);
  const shaped = inferShapes(model, sizes);
  const blocks = findBlocks(shaped);
  const imported = importGraph(model, shaped, blocks);
  const constants = constantsIn(model.graph);
  const counted = constants.filter(({ type, dims }) => isParameter(type, dims));
  const { name, version } = model.producer;
  return {
    schema: inspectionVersion,
    file: path,
    format: "onnx",
    bytes: model.bytes,
    sha256: model.sha256,
    producer: `${name} ${version}`.trim() || null,
    irVersion: model.irVersion,
    opsets: Object.fromEntries(
      [...model.opsets].map(([domain, own]) => [domain || "ai.onnx", own]),
    ),
    inputs: shaped.inputs.map(valueOf),
    outputs: shaped.outputs.map(valueOf),
    precision: precisionOf(model, counted),
    parameters: counted.reduce((sum, { dims }) => sum + sizeOf(dims), 0),
    macs: sumOf([...shaped.macs.values()]),
    nodes: model.graph.nodes.length,
    operators: operatorsOf(model.graph.nodes),
    ...blocksOf(blocks, asInOnnx),
    slowForms: findSlowForms(shaped, blocks),
    riskyForms: findRiskyForms(path, shaped, blocks),
    runtimes: runtimeNotes({ model, shaped, blocks }),
    obstacle: "obstacle" in imported ? imported.obstacle : null,
    notes: notesOn(model, shaped, blocks),
  };
}

/** The operators whose values lie in 0..1. */
const boundedOps: ReadonlySet<string> = new Set(["Sigmoid", "Softmax", "HardSigmoid"]);
/** The operators that hand values on as they are, in another form. */
const formOps: ReadonlySet<string> = new Set([
  "Identity",
  "Reshape",
  "Transpose",
  "Squeeze",
  "Flatten",
]);

/** The outputs of an ONNX model that a function into 0..1 gives, such as Sigmoid, by name. */
export function boundedOutputs(path: string): string[] {
  const { graph } = isJson(path) ? readGraphModel(path).model : readModel(path);
  const givers = new GraphView(graph).givers;
  return graph.outputs.flatMap(({ name }) => {
    let giver = givers.get(name);
    while (giver !== undefined && formOps.has(giver.op)) giver = givers.get(giver.inputs[0] ?? "");
    return giver !== undefined && boundedOps.has(giver.op) ? [name] : [];
  });
}

/** The sentences on what a reader should know besides. */
function notesOn(model: Model, shaped: ShapedGraph, blocks: readonly Block[]): string[] {
  const notes = sizeNotes(shaped, asInOnnx);
  const inBodies = new Set(blocks.flatMap(({ within }) => within ?? []));
  if (inBodies.size > 0) {
    const count = blocks.filter(({ within }) => within !== null).length;
    notes.push(
      `${count} of the SE blocks stand in bodies of ${[...inBodies].join(", ")}; they are listed, and can not be cut out.`,
    );
  }
  if (model.inlined > 0) {
    notes.push(`${model.inlined} calls of the model's own functions were replaced by their nodes.`);
  }
  if (model.reordered) notes.push("The nodes stood in no order that runs, and were put into one.");
  const fused = shaped.graph.nodes.find(
    ({ domain, op }) => domain === "com.microsoft" && op.startsWith("Fused"),
  );
  if (fused !== undefined) {
    notes.push(
      `onnxruntime has optimised this file (${fused.op} ${titleOf(fused)} is its own); the original says more and runs on more runtimes.`,
    );
  }
  return notes;
}

/**
 * Inspects a graph model of tfjs.
 *
 * @param path The path of its model.json.
 * @param sizes The sizes of the inputs whose lengths are free.
 */
function inspectGraphModel(path: string, sizes: InputSizes): Inspection {
  const read = readGraphModel(path);
  const { model, nodes } = read;
  const shaped = inferShapes(model, sizes);
  const written = wordsOf(read);
  const view = new GraphView(model.graph);
  const found = findBlocks(shaped).map((block) =>
    Object.assign(block, {
      readers: block.readers.flatMap((reader) => throughLayout(reader, view, read.origins)),
    }),
  );
  const counted = model.graph.constants.filter(({ type, dims }) => isParameter(type, dims));
  return {
    schema: inspectionVersion,
    file: path,
    format: "tfjs",
    bytes: model.bytes,
    sha256: model.sha256,
    producer: model.producer.name || null,
    irVersion: null,
    opsets: {},
    inputs: shaped.inputs.map(valueOf),
    outputs: shaped.outputs.map(valueOf),
    precision: storedPrecision(read.storedAs),
    parameters: counted.reduce((sum, { dims }) => sum + sizeOf(dims), 0),
    macs: sumOf([...shaped.macs.values()]),
    nodes: nodes.length,
    operators: operatorsOf(nodes.map(({ op }) => ({ op, domain: "" }))),
    ...blocksOf(found, written),
    slowForms: [],
    riskyForms: [],
    runtimes: graphModelRuntimes(nodes),
    obstacle: { node: null, why: "graph models of tfjs are inspected, and not imported" },
    notes: [...sizeNotes(shaped, written), ...graphModelNotes(read)],
  };
}

/** What the file calls the nodes that were looked at, each once; those of layout alone are none of it. */
function wordsOf({ origins }: GraphModel): Written {
  return {
    nodes: (looked) =>
      [...new Set(looked.flatMap((node) => origins.get(node) ?? []))].map(({ op, name }) => ({
        op,
        title: name,
      })),
    // Tensors within a node have a number behind its name.
    tensor: (name) => name.replace(/#\d+$/, ""),
  };
}

function graphModelNotes({ storedAs, functions }: GraphModel): string[] {
  const notes: string[] = [];
  const narrow = [...storedAs.keys()].filter((name) => name !== "float32");
  if (narrow.length > 0) {
    notes.push(
      `Weights are stored in ${narrow.join(" and ")}; tfjs computes with them in float32.`,
    );
  }
  if (functions > 0) {
    const [what, are] =
      functions === 1
        ? ["node calls a function", "which is"]
        : ["nodes call functions", "which are"];
    notes.push(`${functions} ${what} of the file, ${are} not looked into.`);
  }
  return notes;
}

/** Inspects a TensorFlow Lite model. */
function inspectTflite(path: string, sizes: InputSizes): Inspection {
  const read = readTfliteModel(path);
  const { model, operators, origins } = read;
  const shaped = inferShapes(model, sizes);
  const view = new GraphView(model.graph);
  const written = wordsOfTflite(read);
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
    riskyForms: [],
    runtimes: litertRuntimes(read),
    obstacle: { node: null, why: "TensorFlow Lite models are inspected, and not imported" },
    notes: sizeNotes(shaped, written),
  };
}

/** What the file calls the operators that were looked at, each once: by the tensor that they give. */
function wordsOfTflite({ origins, tensors }: TfliteModel): Written {
  return {
    nodes: (looked) =>
      [...new Set(looked.flatMap((node) => origins.get(node) ?? []))].map((operator) => ({
        op: operator.name,
        title: tensors[operator.outputs[0] ?? -1]?.name ?? operator.name,
      })),
    tensor: (name) => name.replace(/#\d+$/, ""),
  };
}
