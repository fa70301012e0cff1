import type { Node as GraphNode, Op, ParameterSlot, Window } from "@sebench/spec";
import type { GraphView } from "../graph/graph-view.ts";
import { type Constant, type Dims, numbersOf, stringOf } from "../graph/model.ts";
import type { Site } from "../shapes/access.ts";

/** What keeps a node from being imported. */
export class Obstacle extends Error {
  override readonly name = "Obstacle";
}

/** A tensor of the file that is a parameter of the graph. */
export interface ParameterSource {
  readonly constant: Constant;
  /** Whether the file has the matrix with its inputs first. */
  readonly transposed: boolean;
}

/** A node of the file, with the nodes of the new graph that it reads. */
export interface ImportSite extends Omit<Site, "given"> {
  readonly view: GraphView;
  readonly output: Dims | null;
  /** The node of the new graph that gives an input, or null for a constant. */
  given(input: number): GraphNode | null;
  constant(input: number): Constant | null;
  constantOf(name: string): Constant | null;
}

export interface Step {
  readonly op: Op;
  /** The nodes to read; by default that of the step before. */
  readonly inputs?: readonly GraphNode[];
  readonly parameters?: Readonly<Partial<Record<ParameterSlot, ParameterSource>>>;
}

/** What becomes of a node: another name of one that is there, or new nodes in a row. */
export type Placed =
  | { readonly alias: GraphNode }
  | {
      readonly steps: readonly Step[];
      /** The value that the last step gives, where it takes in the node that follows. */
      readonly output?: string;
    };

export type OpRule = (site: ImportSite) => Placed;

/** One new node in place of one of the file. */
export const step = (
  op: Op,
  inputs: readonly GraphNode[],
  parameters: Step["parameters"] = {},
): Placed => ({
  steps: [{ op, inputs, parameters }],
});

/** The node that gives the first input. */
export function first(site: ImportSite): GraphNode {
  const node = site.given(0);
  if (node === null) throw new Obstacle("its first input is a constant");
  return node;
}

/** A tensor of the file as a parameter. */
export function source(constant: Constant | null, transposed = false): ParameterSource {
  if (constant === null) throw new Obstacle("its weights are no constants of the file");
  return { constant, transposed };
}

/** The window of a convolution or a pool, in the graph's form. */
export function windowOf({ node }: ImportSite, kernel: readonly number[]): Window {
  const [height, width] = kernel;
  if (kernel.length !== 2 || height === undefined || width === undefined) {
    throw new Obstacle(`its window has ${kernel.length} axes, and not 2`);
  }
  const of = (name: string, unless: readonly number[]) => numbersOf(node, name) ?? unless;
  if (of("dilations", [1, 1]).some((dilation) => dilation !== 1))
    throw new Obstacle("its window is dilated");
  const auto = stringOf(node, "auto_pad");
  if (auto.startsWith("SAME")) throw new Obstacle(`its padding is ${auto}`);
  const [top = 0, left = 0, bottom = 0, right = 0] = auto === "VALID" ? [] : of("pads", []);
  const [down = 1, along = 1] = of("strides", []);
  return { kernel: [height, width], stride: [down, along], pads: [top, left, bottom, right] };
}
