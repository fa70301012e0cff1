import type { Block, BlockKind, Form } from "../blocks/block.ts";
import type { GraphView } from "../graph/graph-view.ts";
import {
  type Dims,
  elementTypes,
  type Model,
  type Node,
  sizeOf,
  titleOf,
  type Value,
} from "../graph/model.ts";
import type { ShapedGraph } from "../shapes/access.ts";
import { elementsOf } from "../shapes/parameters.ts";
import { dimsText } from "../shapes/dims.ts";
import type { RuntimeNote } from "./runtimes.ts";
import type { RiskyForm } from "./risky-forms.ts";
import type { SlowForm } from "./slow-forms.ts";

/** The schema of an inspection. */
export const inspectionVersion = "sebench-inspection/1";

/** What a model is, and its SE blocks, as data. */
export interface Inspection {
  readonly schema: typeof inspectionVersion;
  readonly file: string;
  /** The format: `tfjs` is a graph model of tfjs, with a model.json. */
  readonly format: "onnx" | "tflite" | "tfjs";
  /** The length of the file in bytes. */
  readonly bytes: number;
  /** The SHA-256 of the file in hexadecimal digits. */
  readonly sha256: string;
  /** The program that wrote the file, or null where the file does not say. */
  readonly producer: string | null;
  /** The version of ONNX's format, or null of a model in another. */
  readonly irVersion: number | null;
  /** The version of ONNX's operators by domain; that of its own is "ai.onnx". */
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
  /** What may compute wrongly in fp16 or int8. */
  readonly riskyForms: readonly RiskyForm[];
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

/** What a file calls the nodes and tensors that were looked at. */
export interface Written {
  /** The operators and titles of nodes, each node of the file once. */
  nodes(looked: readonly Node[]): readonly WrittenNode[];
  tensor(name: string): string;
}

interface WrittenNode {
  readonly op: string;
  readonly title: string;
}

/** An ONNX file calls its nodes and tensors what they are called here. */
export const asInOnnx: Written = {
  nodes: (looked) => looked.map((node) => ({ op: node.op, title: titleOf(node) })),
  tensor: (name) => name,
};

/** Describes what blocks a graph has, by the words of its file. */
export function blocksOf(
  blocks: readonly Block[],
  written: Written,
): Pick<Inspection, "blocks" | "se"> {
  return {
    blocks: blocks.map((block) => blockOf(block, written)),
    se: {
      parameters: elementsOf(new Map(blocks.flatMap(({ weights }) => [...weights]))),
      macs: sumOf(blocks.map((block) => block.macs)),
    },
  };
}

/** The sum, or null where a part of it is not known. */
export function sumOf(parts: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const part of parts) {
    if (part === null) return null;
    sum += part;
  }
  return sum;
}

export function valueOf({ name, type, dims }: Value): InspectedValue {
  return { name, type: elementTypes[type]?.name ?? "unknown", shape: dims };
}

/** Counts the operators of nodes, the most frequent first. */
export function operatorsOf(
  nodes: readonly Pick<Node, "op" | "domain">[],
): Inspection["operators"] {
  const counts = new Map<string, number>();
  for (const { op, domain } of nodes) {
    const name = domain === "" ? op : `${domain}.${op}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .map(([op, count]) => ({ op, count }))
    .toSorted((a, b) => b.count - a.count || (a.op < b.op ? -1 : 1));
}

function blockOf(block: Block, written: Written): InspectedBlock {
  const { kind, within, map, squeezed, channels, width, activation, gate, macs } = block;
  const ends = block.sum === null ? [block.product] : [block.product, block.sum];
  const nodes = written.nodes([...block.squeezes, ...block.excite, ...ends]);
  return {
    kind,
    within,
    chain: nodes.map(({ op }) => op),
    nodes: nodes.map(({ title }) => title),
    map: written.tensor(map),
    squeezed: squeezed.map((name) => written.tensor(name)),
    channels,
    reduction: channels === null || !width ? null : channels / width,
    squeeze: written.nodes(block.squeezes).map(({ op }) => op),
    activation: activation === null ? null : formText(activation),
    gate: formText(gate),
    readers: block.readers.flatMap((reader) =>
      typeof reader === "string"
        ? [`output ${written.tensor(reader)}`]
        : written.nodes([reader]).map(({ op, title }) => `${op} ${title}`),
    ),
    parameters: elementsOf(block.weights),
    macs,
  };
}

/** An activation with its slope and offset, where it has such: `hard-sigmoid(0.2, 0.5)`. */
function formText({ name, slope }: Form): string {
  if (slope === null) return name;
  const told = slope.map((value) =>
    Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "no number",
  );
  return `${name}(${told.join(", ")})`;
}

/** The sentences on why MACs are not counted. */
export function sizeNotes(shaped: ShapedGraph, written: Written): string[] {
  const free = shaped.inputs.filter(({ dims }) => isFree(dims));
  if (free.length > 0) {
    const flags = free.map(({ name, dims }) => `--input ${name}=${example(dims)}`);
    return [
      `Which sizes shall ${free.map(({ name, dims }) => `${name} (${dimsText(dims)})`).join(", ")} have? MACs need them: ${flags.join(" ")}`,
    ];
  }
  const [uncounted] = [...shaped.macs].find(([, own]) => own === null) ?? [];
  if (uncounted === undefined) return [];
  const called = (node: Node) =>
    written.nodes([node]).map(({ op, title }) => `${op} ${title}`)[0] ?? titleOf(node);
  const why = shaped.unknown;
  const first = why === null ? "" : `, from ${called(why)} on`;
  return [`MACs are not counted: the shapes at ${called(uncounted)} are not known${first}.`];
}

const isFree = (dims: Dims | null) => dims === null || dims.some((dim) => typeof dim !== "number");

/** A shape with a number for each free length, as an example. */
function example(dims: Dims | null): string {
  if (dims === null) return "1x3x224x224";
  return dims.map((dim, axis) => (typeof dim === "number" ? dim : axis === 0 ? 1 : 224)).join("x");
}

/** What reads a tensor behind transpositions for the sake of the layout. */
export function throughLayout(
  reader: Node | string,
  view: GraphView,
  origins: ReadonlyMap<Node, unknown>,
): (Node | string)[] {
  const isLayout = (each: Node | string) => typeof each !== "string" && !origins.has(each);
  const open = [reader];
  for (let at = 0; at < open.length; at++) {
    const each = open[at]!;
    if (typeof each !== "string" && isLayout(each)) open.push(...view.readersOf(each.outputs[0]!));
  }
  return open.filter((each) => !isLayout(each));
}

/** The precision of a model's weights: int8 where it quantises. */
export function precisionOf(
  { graph }: Pick<Model, "graph">,
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
