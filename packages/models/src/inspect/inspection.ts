import type { Block, BlockKind } from "../blocks/block.ts";
import { findBlocks } from "../blocks/find-blocks.ts";
import type { Form } from "../blocks/block.ts";
import {
  type Dims,
  elementTypes,
  type Model,
  type Node,
  sizeOf,
  titleOf,
  type Value,
} from "../graph/model.ts";
import { importGraph } from "../import/import-graph.ts";
import { constantsIn, readModel } from "../graph/read-model.ts";
import { dimsText } from "../shapes/dims.ts";
import type { ShapedGraph } from "../shapes/access.ts";
import { inferShapes, type InputSizes } from "../shapes/infer.ts";
import { elementsOf, isParameter } from "../shapes/parameters.ts";
import { type RuntimeNote, runtimeNotes } from "./runtimes.ts";
import { findSlowForms, type SlowForm } from "./slow-forms.ts";

/** The schema of an inspection. */
export const inspectionVersion = "sebench-inspection/1";

/** What a model is, and its SE blocks, as data. */
export interface Inspection {
  readonly schema: typeof inspectionVersion;
  readonly file: string;
  /** The length of the file in bytes. */
  readonly bytes: number;
  /** The SHA-256 of the file in hexadecimal digits. */
  readonly sha256: string;
  /** The program that wrote the file, or null where the file does not say. */
  readonly producer: string | null;
  readonly irVersion: number;
  /** The version of the operators by domain; that of ONNX's own is "ai.onnx". */
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly InspectedValue[];
  readonly outputs: readonly InspectedValue[];
  /** The precision that the weights are in: `fp32`, `fp16`, `int8`, or the names of several types. */
  readonly precision: string;
  readonly parameters: number;
  /** The multiply-accumulates of a run, or null where a size is not known, which `notes` tells. */
  readonly macs: number | null;
  readonly nodes: number;
  /** The operators with their number, the most frequent first. */
  readonly operators: readonly { readonly op: string; readonly count: number }[];
  readonly blocks: readonly InspectedBlock[];
  /** What all blocks have together, a tensor that several share once. */
  readonly se: { readonly parameters: number; readonly macs: number | null };
  readonly slowForms: readonly SlowForm[];
  readonly runtimes: readonly RuntimeNote[];
  /** The first node that prevents an import into sebench's own graph, or null where none does. */
  readonly obstacle: { readonly node: string | null; readonly why: string } | null;
  /** What a reader should know besides, in whole sentences. */
  readonly notes: readonly string[];
}

interface InspectedValue {
  readonly name: string;
  readonly type: string;
  /** The shape, with the name or else null for a free length; null where not even the axes are known. */
  readonly shape: Dims | null;
}

export interface InspectedBlock {
  readonly kind: BlockKind;
  /** The node in whose body the block stands, or null. */
  readonly within: string | null;
  /** The operators from the squeeze to the product, as they are written. */
  readonly chain: readonly string[];
  /** The titles of the nodes in the chain's order. */
  readonly nodes: readonly string[];
  /** The map that is scaled, and those that are squeezed, by name. */
  readonly map: string;
  readonly squeezed: readonly string[];
  readonly channels: number | null;
  /** The channels over the width of the layer between, or null for one layer. */
  readonly reduction: number | null;
  readonly squeeze: readonly string[];
  readonly activation: string | null;
  readonly gate: string;
  /** What reads the product: operators with their node, or an output. */
  readonly readers: readonly string[];
  readonly parameters: number;
  readonly macs: number | null;
}

/**
 * Inspects a model's file.
 *
 * @param sizes The sizes of the inputs whose lengths are free.
 */
export function inspectModel(path: string, sizes: InputSizes = new Map()): Inspection {
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
    blocks: blocks.map(blockOf),
    se: {
      parameters: elementsOf(new Map(blocks.flatMap(({ weights }) => [...weights]))),
      macs: sumOf(blocks.map((block) => block.macs)),
    },
    slowForms: findSlowForms(shaped, blocks),
    runtimes: runtimeNotes({ model, shaped, blocks }),
    obstacle: "obstacle" in imported ? imported.obstacle : null,
    notes: notesOn(model, shaped, blocks),
  };
}

/** The sum, or null where a part of it is not known. */
function sumOf(parts: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const part of parts) {
    if (part === null) return null;
    sum += part;
  }
  return sum;
}

function valueOf({ name, type, dims }: Value): InspectedValue {
  return { name, type: elementTypes[type]?.name ?? "unknown", shape: dims };
}

/** The precision of a model's weights: int8 where it quantises. */
function precisionOf(
  { graph }: Model,
  counted: readonly { readonly type: number; readonly dims: readonly number[] }[],
): string {
  if (graph.nodes.some(({ op }) => /^QuantizeLinear$|^DynamicQuantizeLinear$|^QLinear/.test(op))) {
    return "int8";
  }
  const names: Readonly<Record<string, string>> = { float32: "fp32", float16: "fp16" };
  const elements = new Map<string, number>();
  for (const { type, dims } of counted) {
    const name = elementTypes[type]!.name;
    elements.set(name, (elements.get(name) ?? 0) + sizeOf(dims));
  }
  const total = [...elements.values()].reduce((sum, count) => sum + count, 0);
  const main = [...elements].filter(([, count]) => count > total / 100).map(([name]) => name);
  return main.map((name) => names[name] ?? name).join(" and ") || "no weights";
}

function operatorsOf(nodes: readonly Node[]): Inspection["operators"] {
  const counts = new Map<string, number>();
  for (const { op, domain } of nodes) {
    const name = domain === "" ? op : `${domain}.${op}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .map(([op, count]) => ({ op, count }))
    .toSorted((a, b) => b.count - a.count || (a.op < b.op ? -1 : 1));
}

function blockOf(block: Block): InspectedBlock {
  const { kind, within, map, squeezed, channels, width, activation, gate, macs } = block;
  const ends = block.sum === null ? [block.product] : [block.product, block.sum];
  const nodes = [...block.squeezes, ...block.excite, ...ends];
  return {
    kind,
    within,
    chain: nodes.map(({ op }) => op),
    nodes: nodes.map(titleOf),
    map,
    squeezed,
    channels,
    reduction: channels === null || !width ? null : channels / width,
    squeeze: block.squeezes.map(({ op }) => op),
    activation: activation === null ? null : formText(activation),
    gate: formText(gate),
    readers: block.readers.map((reader) =>
      typeof reader === "string" ? `output ${reader}` : `${reader.op} ${titleOf(reader)}`,
    ),
    parameters: elementsOf(block.weights),
    macs,
  };
}

/** An activation with its slope and offset, where it has such: `hard-sigmoid(0.2, 0.5)`. */
function formText({ name, slope }: Form): string {
  if (slope === null) return name;
  return `${name}(${slope.map((value) => Number(value.toPrecision(4))).join(", ")})`;
}

/** The sentences on what a reader should know besides. */
function notesOn(model: Model, shaped: ShapedGraph, blocks: readonly Block[]): string[] {
  const notes: string[] = [];
  const free = shaped.inputs.filter(({ dims }) => isFree(dims));
  if (free.length > 0) {
    const flags = free.map(({ name, dims }) => `--input ${name}=${example(dims)}`);
    notes.push(
      `Which sizes shall ${free.map(({ name, dims }) => `${name} (${dimsText(dims)})`).join(", ")} have? MACs need them: ${flags.join(" ")}`,
    );
  } else if ([...shaped.macs.values()].includes(null)) {
    const [node] = [...shaped.macs].find(([, own]) => own === null)!;
    const why = shaped.unknown;
    const first = why === null ? "" : `, from ${why.op} ${titleOf(why)} on`;
    notes.push(
      `MACs are not counted: the shapes at ${node.op} ${titleOf(node)} are not known${first}.`,
    );
  }
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

const isFree = (dims: Dims | null) => dims === null || dims.some((dim) => typeof dim !== "number");

/** A shape with a number for each free length, as an example. */
function example(dims: Dims | null): string {
  if (dims === null) return "1x3x224x224";
  return dims.map((dim, axis) => (typeof dim === "number" ? dim : axis === 0 ? 1 : 224)).join("x");
}
