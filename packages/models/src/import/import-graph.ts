import { dirname } from "node:path";
import {
  elementCount,
  GraphBuilder,
  InputError,
  isMap,
  type Network,
  type Node as GraphNode,
  type Op,
  type ParameterSlot,
  parametersOf,
  type Role,
  sameShape,
  type Tensor,
} from "@sebench/spec";
import type { Block } from "../blocks/block.ts";
import { findBlocks } from "../blocks/find-blocks.ts";
import { GraphView } from "../graph/graph-view.ts";
import { isFloat, type Model, type Node, titleOf } from "../graph/model.ts";
import { readModel } from "../graph/read-model.ts";
import { readFloats } from "../graph/read-constant.ts";
import { openBytes } from "../proto/byte-source.ts";
import { siteOf } from "../shapes/access.ts";
import type { ShapedGraph } from "../shapes/access.ts";
import { inferShapes, type InputSizes } from "../shapes/infer.ts";
import { Obstacle, type ParameterSource, type Placed } from "./import-site.ts";
import { opRules } from "./op-rules.ts";

/** A model as a graph of sebench's own, or the first node that prevents it. */
type Imported =
  | {
      readonly network: Network;
      /** The tensors of the file by the names of the network's parameters. */
      readonly sources: ReadonlyMap<string, ParameterSource>;
      /** The names of the file's own nodes by the names of the network's. */
      readonly titles: ReadonlyMap<string, string>;
    }
  | { readonly obstacle: { readonly node: string | null; readonly why: string } };

/**
 * Imports a model into the graph of networks, on which the oracle and tfjs stand: an image in, logits
 * out. Its weights are not read.
 */
export function importGraph(model: Model, shaped: ShapedGraph, blocks: readonly Block[]): Imported {
  let current: Node | null = null;
  try {
    const importer = new Importer(model, shaped, blocks);
    for (const node of shaped.graph.nodes) {
      current = node;
      importer.take(node);
    }
    current = null;
    return importer.finish();
  } catch (error) {
    if (!(error instanceof Obstacle) && !(error instanceof InputError)) throw error;
    const node = current === null ? null : `${current.op} ${titleOf(current)}`;
    return { obstacle: { node, why: error.message } };
  }
}

class Importer {
  readonly #builder: GraphBuilder;
  readonly #shaped: ShapedGraph;
  readonly #opsets: Model["opsets"];
  readonly #view: GraphView;
  readonly #roles = new Map<Node, Role>();
  /** The nodes of the new graph by the values that they give. */
  readonly #given = new Map<string, GraphNode>();
  readonly #sources = new Map<string, ParameterSource>();
  readonly #titles = new Map<string, string>();
  readonly #batch: number;

  constructor({ path, opsets }: Model, shaped: ShapedGraph, blocks: readonly Block[]) {
    const { inputs, outputs } = shaped;
    const [input] = inputs;
    const dims = input?.dims ?? null;
    if (input === undefined || inputs.length !== 1 || outputs.length !== 1) {
      throw new Obstacle(
        `it has ${inputs.length} inputs and ${outputs.length} outputs, and not one of each`,
      );
    }
    if (dims?.length !== 4 || dims.some((dim) => typeof dim !== "number") || !isFloat(input.type)) {
      throw new Obstacle("its input is no image of known size");
    }
    const [batch, channels, height, width] = dims as [number, number, number, number];
    this.#batch = batch;
    this.#shaped = shaped;
    this.#opsets = opsets;
    this.#view = new GraphView(shaped.graph);
    this.#builder = new GraphBuilder(path, [channels, height, width]);
    this.#given.set(input.name, this.#builder.input);
    for (const { squeezes, excite, product } of blocks) {
      for (const node of squeezes) this.#roles.set(node, "squeeze");
      for (const node of excite) this.#roles.set(node, "excite");
      this.#roles.set(product, "scale");
    }
  }

  take(node: Node): void {
    const { known } = this.#shaped;
    const [output] = node.outputs;
    const isConstant = node.inputs.every((name) => !this.#given.has(name));
    if (output === undefined || isConstant || this.#given.has(output)) return;
    const rule = node.domain === "" ? opRules.get(node.op) : undefined;
    if (rule === undefined) {
      if (node.op === "Shape") return;
      throw new Obstacle("the graph has no such operator");
    }
    const placed = rule({
      ...siteOf(node, this.#opsets.get("") ?? 1, known),
      view: this.#view,
      given: (index) => this.#given.get(node.inputs[index] ?? "") ?? null,
      constant: (index) => known.constants.get(node.inputs[index] ?? "") ?? null,
      output: known.dimsOf(output),
      constantOf: (name) => known.constants.get(name) ?? null,
    });
    this.#place(node, output, placed);
  }

  #place(node: Node, output: string, placed: Placed): void {
    if ("alias" in placed) {
      this.#given.set(output, placed.alias);
      return;
    }
    let made: GraphNode | null = null;
    for (const [step, { op, inputs, parameters = {} }] of placed.steps.entries()) {
      const local =
        placed.steps.length > 1 && step < placed.steps.length - 1 ? `${output}/${op.kind}` : output;
      made = this.#add(op, inputs ?? [made!], local, parameters, node);
    }
    this.#given.set(placed.output ?? output, made!);
    if (placed.output === undefined) this.#check(output, made!);
  }

  #add(
    op: Op,
    inputs: readonly GraphNode[],
    local: string,
    parameters: Readonly<Partial<Record<ParameterSlot, ParameterSource>>>,
    node: Node,
  ): GraphNode {
    const made = this.#builder.add({
      op,
      inputs: inputs.map(({ name }) => name),
      local,
      prefix: local,
      bias: parameters.bias !== undefined,
      role: this.#roles.get(node) ?? (op.kind === "dense" ? "head" : "trunk"),
    });
    this.#titles.set(made.name, titleOf(node));
    for (const [slot, { name, shape }] of Object.entries(made.parameters)) {
      const source = parameters[slot as ParameterSlot];
      if (source === undefined) throw new Obstacle(`it has no ${slot}`);
      const { dims } = source.constant;
      const own = source.transposed ? dims.toReversed() : dims;
      if (!sameShape(own, shape) && elementCount(own) !== elementCount(shape)) {
        throw new Obstacle(`its ${slot} has another shape than the graph's`);
      }
      if (!isFloat(source.constant.type)) throw new Obstacle(`its ${slot} is no tensor of floats`);
      this.#sources.set(name, source);
    }
    return made;
  }

  /** Holds a shape against that which the file's own operators give. */
  #check(output: string, made: GraphNode): void {
    const dims = this.#shaped.known.dimsOf(output);
    const own = [this.#batch, ...made.shape];
    if (
      dims === null ||
      (dims.length === own.length && own.every((dim, axis) => dim === dims[axis]))
    )
      return;
    throw new Obstacle(`it gives [${dims.join(", ")}], and in the graph [${own.join(", ")}]`);
  }

  finish(): Imported {
    const output = this.#given.get(this.#shaped.outputs[0]!.name);
    if (output === undefined) throw new Obstacle("its output depends on no input");
    if (isMap(output.shape))
      throw new Obstacle("its output is a map, and networks here give logits");
    const network = this.#builder.build(output);
    return { network, sources: this.#sources, titles: this.#titles };
  }
}

/** Reads the weights of an imported network from its model's file, as float32. */
function importWeights(
  { path }: Model,
  { network, sources }: Extract<Imported, { readonly network: Network }>,
): Map<string, Tensor> {
  using source = openBytes(path);
  const weights = new Map<string, Tensor>();
  for (const { name, shape } of parametersOf(network)) {
    const { constant, transposed } = sources.get(name)!;
    const read = readFloats(source, dirname(path), constant);
    const [rows, columns] = constant.dims as [number, number];
    const data = transposed
      ? Float32Array.from(read, (_, at) => read[(at % rows) * columns + Math.floor(at / rows)]!)
      : read;
    weights.set(name, { shape, data });
  }
  return weights;
}

/** A model in the graph of networks, with its weights, or the first node that prevents it. */
export function importModel(path: string, sizes: InputSizes = new Map()) {
  const model = readModel(path);
  const shaped = inferShapes(model, sizes);
  const imported = importGraph(model, shaped, findBlocks(shaped));
  if ("obstacle" in imported) return imported;
  const { network, titles } = imported;
  return { network, weights: importWeights(model, imported), titles };
}
