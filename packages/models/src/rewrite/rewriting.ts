import { dirname } from "node:path";
import type { Block } from "../blocks/block.ts";
import { GraphView } from "../graph/graph-view.ts";
import { type Model, type Node, sizeOf, titleOf } from "../graph/model.ts";
import { readFloats } from "../graph/read-constant.ts";
import { openBytes } from "../proto/byte-source.ts";
import type { ShapedGraph } from "../shapes/access.ts";
import { GraphEdit } from "./graph-edit.ts";

/** A place that a pass looked at. */
export interface Place {
  /** The block or the node, by the name that the file has for it. */
  readonly at: string;
  /** The reason why the pass leaves the place as it is, in words, or null where it was rewritten. */
  readonly refused: string | null;
}

/** One step of a pass: it rewrites what it can, and tells of every place that it looked at. */
export type Step = (rewriting: Rewriting) => readonly Place[];

const float32 = 1;

/**
 * A model that a pass rewrites. Shapes are those that hold for every size of the inputs, so that what
 * is written does, too.
 */
export class Rewriting {
  readonly shaped: ShapedGraph;
  readonly blocks: readonly Block[];
  readonly view: GraphView;
  readonly edit: GraphEdit;
  /** The version of ONNX's own operators. */
  readonly opset: number;
  readonly #model: Model;

  constructor(model: Model, shaped: ShapedGraph, blocks: readonly Block[]) {
    this.#model = model;
    this.shaped = shaped;
    this.blocks = blocks.filter(({ within }) => within === null);
    this.view = new GraphView(model.graph);
    this.edit = new GraphEdit(model);
    this.opset = model.opsets.get("") ?? 1;
  }

  get nodes(): readonly Node[] {
    return this.#model.graph.nodes;
  }

  /** The shape of a tensor of float32 that the file holds as it is, or null for any other value. */
  floatDims(name: string | undefined): readonly number[] | null {
    const constant = this.#constant(name);
    return constant === null ? null : constant.dims;
  }

  /** The values of a tensor of float32 that the file holds as it is, or null for any other value. */
  floats(name: string | undefined): Float32Array | null {
    const constant = this.#constant(name);
    if (constant === null) return null;
    using source = openBytes(this.#model.path);
    return readFloats(source, dirname(this.#model.path), constant);
  }

  #constant(name: string | undefined) {
    let giver = this.view.givers.get(name ?? "");
    while (giver?.op === "Identity") giver = this.view.givers.get(giver.inputs[0]!);
    if (giver !== undefined && giver.op !== "Constant") return null;
    const constant = this.shaped.known.constants.get(name ?? "");
    if (constant === undefined || constant.type !== float32) return null;
    const { data, added, external, dims } = constant;
    const isHeld = data.length > 0 || added !== null || external !== null || sizeOf(dims) === 0;
    return isHeld ? constant : null;
  }

  /** The model as the steps so far have left it. */
  finish(): Model {
    return { ...this.#model, graph: this.edit.finish() };
  }
}

/** The name of a block for people: that of its product. */
export function blockTitle({ product }: Block): string {
  return `the SE block at ${titleOf(product)}`;
}
