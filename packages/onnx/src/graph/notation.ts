import type { Node, Tensor, Network } from "@sebench/spec";
import type { TensorProto } from "../proto/tensor-proto.ts";
import type { Operators, Scalar, Site } from "./operators.ts";

/**
 * The way that a precision is written: the type of parameters and constants, and the
 * operators between a value and its readers. The operators of the nodes are the same in
 * every precision.
 */
export interface Notation {
  /** The name under which a node gives its value. */
  gives(node: string): string;
  /** The name under which other nodes read a node's value. */
  reads(node: string): string;
  /** The operators that lead from the value that a node gives to the value that others read. */
  afterNode(node: Node): Operators;
  /** A node's parameters under the names by which the node reads them, and the operators before. */
  parametersOf(node: Node): { readonly parameters: Node["parameters"]; readonly before: Operators };
  /** The operators of a node that this precision writes in a way of its own, or null for those of all. */
  operatorsOf?(site: Site): Operators | null;
  /** A constant factor in the form of a value that is read. */
  scalar(name: string, value: number): Scalar;
  /** A constant in the type in which operators without integer kernels compute. */
  bound(name: string, value: number): TensorProto;
  /** Yields all parameters, one at a time. */
  initializers(weights: WeightSource): Iterable<TensorProto>;
  /** The number of initializers that `initializers` yields, and their bytes at most. */
  readonly expected: { readonly count: number; readonly dataBytes: number };
}

/** A source of weights. */
export interface WeightSource {
  get(name: string): Tensor | undefined;
  /** Yields all weights, each valid until the next is taken. */
  inTurn(): Iterable<readonly [name: string, tensor: Tensor]>;
}

export const noOperators: Operators = { nodes: [], constants: [] };

/** The name of the model's only input, `[batch, 3, height, width]`. */
export const inputName = "images";

/** The name of the model's only output, `[batch, classes]`. */
export const outputName = "logits";

/** The node that stands for the image. */
export function inputNode(network: Network): string | undefined {
  return network.nodes[0]?.name;
}

/** The name of a value, which is its node's, except for the model's input and output. */
export function valueName(network: Network, node: string): string {
  if (node === network.output) return outputName;
  return node === inputNode(network) ? inputName : node;
}
