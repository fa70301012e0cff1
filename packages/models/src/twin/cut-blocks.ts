import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { InputError } from "@sebench/spec";
import { rewireTflite } from "@sebench/tflite";
import type { Block } from "../blocks/block.ts";
import { findBlocks } from "../blocks/find-blocks.ts";
import { type Graph, type Node, titleOf } from "../graph/model.ts";
import { readsOf } from "../graph/order.ts";
import { readModel } from "../graph/read-model.ts";
import { inferShapes, type InputSizes } from "../shapes/infer.ts";
import { cutModelJson } from "../tfjs/model-json.ts";
import { type GraphModel, isJson, readGraphModel } from "../tfjs/read-graph-model.ts";
import { keptWeights } from "../tfjs/weights.ts";
import { isTflite, readTfliteModel, type TfliteModel } from "../tflite/read-tflite-model.ts";
import { writeBytes, writeModel } from "./write-model.ts";

/** A graph without its SE blocks. */
interface CutGraph {
  readonly graph: Graph;
  /** The blocks that were cut out. */
  readonly cut: readonly Block[];
  /** The blocks that stand in bodies of other nodes, and are still there. */
  readonly left: readonly Block[];
}

/**
 * Cuts SE blocks out of a graph. What read a block's product reads the map instead; a residual block
 * loses its sum as well, as `x + x` would be twice the map. Nodes and tensors that nothing reads any
 * more are gone, and all others are as they were.
 */
function cutBlocks(graph: Graph, blocks: readonly Block[]): CutGraph {
  const cut = blocks.filter(({ within }) => within === null);
  const editor = new Editor(graph);
  for (const block of cut) editor.cut(block);
  return { graph: editor.finish(), cut, left: blocks.filter(({ within }) => within !== null) };
}

/** What a cut left of a model, and where it was written. */
export interface Twin {
  readonly path: string;
  readonly cut: number;
  /** Where blocks are left, in words: `in the body of If_3`. */
  readonly left: readonly string[];
}

/**
 * Writes a model's twin: the file with its SE cut out, which is a model of cost, never a partner for
 * parity.
 */
export function writeTwin(from: string, to: string, sizes: InputSizes = new Map()): Twin {
  if (isTflite(from)) return writeTfliteTwin(from, to, sizes);
  if (isJson(from)) return writeGraphModelTwin(from, to, sizes);
  const model = readModel(from);
  const { graph, cut, left } = cutBlocks(model.graph, findBlocks(inferShapes(model, sizes)));
  if (cut.length === 0) throw hasNoTwin(from);
  writeModel({ ...model, graph }, to);
  const bodies = new Set(left.flatMap(({ within }) => within ?? []));
  return { path: to, cut: cut.length, left: [...bodies].map((node) => `in the body of ${node}`) };
}

function hasNoTwin(from: string): InputError {
  return new InputError(`${from} has no SE block that can be cut out, so it has no twin`, {
    remedy: "measure it by itself",
  });
}

/**
 * Writes a graph model of tfjs without its SE blocks, and its weights beside it in one file, without
 * those that only SE read. The model's own files are only read.
 *
 * @throws InputError where it has no block that can be cut out, and for a place that its files have
 */
function writeGraphModelTwin(from: string, to: string, sizes: InputSizes): Twin {
  const read = readGraphModel(from);
  const { instead, left } = replacedNodes(read, findBlocks(inferShapes(read.model, sizes)));
  if (instead.size === 0) throw hasNoTwin(from);
  const weights = `${basename(to)}.weights.bin`;
  const files = read.manifest.flatMap(({ paths }) => paths);
  refuseOwnFiles(from, files, [to, join(dirname(to), weights)]);
  const { text, weights: kept } = cutModelJson(
    read.text,
    instead,
    read.model.graph.outputs.map(({ name }) => name),
  );
  writeBytes(read.model, keptWeights(from, read.manifest, kept), join(dirname(to), weights));
  writeBytes(read.model, new TextEncoder().encode(text(weights)), to);
  return { path: to, cut: instead.size, left };
}

function refuseOwnFiles(from: string, files: readonly string[], places: readonly string[]): void {
  const own = new Set([from, ...files.map((name) => join(dirname(from), name))].map(realOf));
  const taken = places.find((place) => own.has(realOf(place)));
  if (taken === undefined) return;
  throw new InputError(`${taken} is a file of the model itself, which is never written over`, {
    remedy: "give another name",
  });
}

const realOf = (path: string) => (existsSync(path) ? realpathSync(path) : path);

/** The tensors that are read in place of products, by the products' nodes, and the products that are left. */
function replacedNodes({ nodes, origins }: GraphModel, blocks: readonly Block[]) {
  const names = new Set(nodes.map(({ name }) => name));
  const instead = new Map<string, string>();
  const left: string[] = [];
  for (const { product, sum, operand } of blocks) {
    const last = sum ?? product;
    const given = last.outputs[0]!;
    const isWhole = origins.get(last)?.name === given && !operand.includes("#");
    if (isWhole && names.has(given)) instead.set(given, operand);
    else left.push(`in ${titleOf(last)}`);
  }
  return { instead, left };
}

/**
 * Writes a TensorFlow Lite model without its SE blocks: what read a block's product reads the map,
 * and operators that nothing reads any more are gone. The constants that only they read stay in the
 * file. A block whose product has an activation joined to it is left.
 *
 * @throws InputError where it has no block that can be cut out
 */
function writeTfliteTwin(from: string, to: string, sizes: InputSizes): Twin {
  const read = readTfliteModel(from);
  const { instead, left } = replacements(read, findBlocks(inferShapes(read.model, sizes)));
  if (instead.size === 0) throw hasNoTwin(from);
  writeBytes(read.model, rewireTflite(read.bytes, instead), to);
  const places = left.map((title) => `of ${title}, to which an activation is joined,`);
  return { path: to, cut: instead.size, left: places };
}

/** The maps that are read in place of products, by index, and the products of blocks that are left. */
function replacements({ tensors, origins }: TfliteModel, blocks: readonly Block[]) {
  const places = new Map(tensors.map(({ name }, index) => [name, index]));
  const instead = new Map<number, number>();
  const left: string[] = [];
  for (const { product, sum, operand } of blocks) {
    const last = sum ?? product;
    const given = places.get(last.outputs[0]!);
    const map = places.get(operand);
    const isWhole = origins.get(last)?.outputs[0] === given;
    if (given === undefined || map === undefined || !isWhole) left.push(titleOf(last));
    else instead.set(given, map);
  }
  return { instead, left };
}

class Editor {
  readonly #graph: Graph;
  readonly #givers = new Map<string, Node>();
  /** How often each value is read, by nodes and as an output of the graph. */
  readonly #reads = new Map<string, number>();
  /** The values that bodies read, or that are outputs: their names must stay. */
  readonly #fixed: Set<string>;
  readonly #gone = new Set<Node>();
  readonly #replaced = new Map<Node, Node>();
  /** The value that stands for a product. */
  readonly #instead = new Map<string, string>();

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#fixed = new Set(graph.outputs.map(({ name }) => name));
    for (const name of this.#fixed) this.#count(name, 1);
    for (const node of graph.nodes) {
      for (const output of node.outputs) this.#givers.set(output, node);
      for (const name of new Set(readsOf(node))) {
        this.#count(name, 1);
        if (!node.inputs.includes(name)) this.#fixed.add(name);
      }
    }
  }

  #count(name: string, change: number): number {
    const count = (this.#reads.get(name) ?? 0) + change;
    this.#reads.set(name, count);
    return count;
  }

  cut({ product, sum, operand }: Block): void {
    const last = sum ?? product;
    const output = last.outputs[0]!;
    if (this.#fixed.has(output)) {
      this.#count(operand, 1);
      this.#replaced.set(last, identity(last.name, operand, output));
      this.#drop(last.inputs);
      return;
    }
    this.#instead.set(output, operand);
    this.#count(operand, this.#reads.get(output) ?? 0);
    this.#gone.add(last);
    this.#drop(last.inputs);
  }

  /** Drops reads of values, and the nodes whose outputs nothing else reads. */
  #drop(names: readonly string[]): void {
    const open = [...new Set(names)];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const left = this.#count(name, -1);
      const giver = this.#givers.get(name);
      if (left > 0 || giver === undefined || this.#gone.has(giver)) continue;
      if (!giver.outputs.every((output) => (this.#reads.get(output) ?? 0) <= 0)) continue;
      this.#gone.add(giver);
      open.push(...new Set(readsOf(giver)));
    }
  }

  finish(): Graph {
    const nodes = this.#graph.nodes
      .filter((node) => !this.#gone.has(node))
      .map((node) => this.#rewired(this.#replaced.get(node) ?? node));
    const lost = new Set([...this.#gone].flatMap(({ outputs }) => outputs));
    const { constants, values } = this.#graph;
    return {
      ...this.#graph,
      nodes,
      // A tensor that nothing read before is the user's, and stays.
      constants: constants.filter(({ name }) => (this.#reads.get(name) ?? 1) > 0),
      values: values.filter(({ name }) => !lost.has(name)),
    };
  }

  #rewired(node: Node): Node {
    const inputs = node.inputs.map((name) => this.#mapOf(name));
    const isSame = inputs.every((name, index) => name === node.inputs[index]);
    return isSame ? node : { ...node, inputs, changed: true };
  }

  /** The value that stands for another, over several blocks in a row. */
  #mapOf(name: string): string {
    let found = name;
    for (let next = this.#instead.get(found); next !== undefined; next = this.#instead.get(found)) {
      found = next;
    }
    return found;
  }
}

function identity(name: string, input: string, output: string): Node {
  return {
    name,
    op: "Identity",
    domain: "",
    inputs: [input],
    outputs: [output],
    attributes: new Map(),
    span: null,
    changed: true,
  };
}
