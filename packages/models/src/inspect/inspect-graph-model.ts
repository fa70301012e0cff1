import { findBlocks } from "../blocks/find-blocks.ts";
import { GraphView } from "../graph/graph-view.ts";
import { type Node, sizeOf } from "../graph/model.ts";
import { inferShapes, type InputSizes } from "../shapes/infer.ts";
import { isParameter } from "../shapes/parameters.ts";
import { type GraphModel, readGraphModel } from "../tfjs/read-graph-model.ts";
import {
  blocksOf,
  type Inspection,
  inspectionVersion,
  operatorsOf,
  sizeNotes,
  sumOf,
  valueOf,
  type Written,
} from "./inspection.ts";
import { graphModelRuntimes } from "./graph-model-runtimes.ts";

/**
 * Inspects a graph model of tfjs.
 *
 * @param path The path of its model.json.
 * @param sizes The sizes of the inputs whose lengths are free.
 */
export function inspectGraphModel(path: string, sizes: InputSizes): Inspection {
  const read = readGraphModel(path);
  const { model, nodes } = read;
  const shaped = inferShapes(model, sizes);
  const written = wordsOf(read);
  const view = new GraphView(model.graph);
  const found = findBlocks(shaped).map((block) => ({
    ...block,
    readers: block.readers.flatMap((reader) => throughLayout(reader, view, read)),
  }));
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
    precision: precisionOf(read),
    parameters: counted.reduce((sum, { dims }) => sum + sizeOf(dims), 0),
    macs: sumOf([...shaped.macs.values()]),
    nodes: nodes.length,
    operators: operatorsOf(nodes.map(({ op }) => ({ op, domain: "" }))),
    ...blocksOf(found, written),
    slowForms: [],
    runtimes: graphModelRuntimes(nodes),
    obstacle: { node: null, why: "graph models of tfjs are inspected, and not imported" },
    notes: [...sizeNotes(shaped, written), ...notesOn(read)],
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

/** What reads a tensor behind transpositions for the sake of the layout. */
function throughLayout(
  reader: Node | string,
  view: GraphView,
  { origins }: GraphModel,
): (Node | string)[] {
  const isLayout = (each: Node | string) => typeof each !== "string" && !origins.has(each);
  const open = [reader];
  for (let at = 0; at < open.length; at++) {
    const each = open[at]!;
    if (typeof each !== "string" && isLayout(each)) open.push(...view.readersOf(each.outputs[0]!));
  }
  return open.filter((each) => !isLayout(each));
}

function precisionOf({ storedAs }: GraphModel): string {
  const names: Readonly<Record<string, string>> = { float32: "fp32", float16: "fp16" };
  const total = [...storedAs.values()].reduce((sum, count) => sum + count, 0);
  const main = [...storedAs].filter(([, count]) => count > total / 100).map(([name]) => name);
  return main.map((name) => names[name] ?? name).join(" and ") || "no weights";
}

function notesOn({ storedAs, functions }: GraphModel): string[] {
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
