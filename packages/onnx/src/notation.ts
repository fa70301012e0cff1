import type { Node, Tensor } from "@sebench/spec";
import type { Operators, Scalar } from "./operators.ts";
import type { TensorProto } from "./tensor-proto.ts";

/**
 * How a precision is written: the type of parameters and constants, and what
 * stands between a value and those who read it. The operators themselves are the
 * same at each.
 */
export interface Notation {
  /** Under which name a node gives its value. */
  gives(node: string): string;
  /** Under which name other nodes read it. */
  reads(node: string): string;
  /** What leads from the one to the other. */
  afterNode(node: Node): Operators;
  /** A node's parameters under the names by which it reads them, and what leads there. */
  parametersOf(node: Node): { readonly parameters: Node["parameters"]; readonly before: Operators };
  /** A constant factor, in the form of a value that is read. */
  scalar(name: string, value: number): Scalar;
  /** All parameters, one at a time. */
  initializers(weights: WeightSource): Iterable<TensorProto>;
  /** What `initializers` gives: how many, and how many bytes at most. */
  readonly expected: { readonly count: number; readonly dataBytes: number };
}

/** Weights by name, or all in turn, each valid until the next is taken. */
export interface WeightSource {
  get(name: string): Tensor | undefined;
  inTurn(): Iterable<readonly [name: string, tensor: Tensor]>;
}

export const noOperators: Operators = { nodes: [], constants: [] };
