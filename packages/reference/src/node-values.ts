import { setImmediate } from "node:timers/promises";
import { type Network, type Node, nodeOf, type OpKind } from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import type { Activation } from "./evaluate.ts";
import { evaluateNode, evaluateNodes } from "./run-reference.ts";

/** The values of a runtime and what is right, for the nodes of a network whose batch norms are folded. */
export interface NodeValues {
  readonly network: Network;
  /** Asks the runtime for nodes' values, row-major, in the order of the names. */
  given(names: readonly string[]): Promise<readonly ArrayLike<number>[]>;
  /** The float64 oracle's values of a node. */
  right(name: string): ArrayLike<number>;
  /**
   * The size that errors of a node are relative to: its largest right value or, where terms that
   * are added up cancel, what they come to without their signs.
   */
  scale(name: string): number;
  /** What the node's operator gives in float64 for the inputs that the runtime gave. */
  operator(node: Node, inputs: readonly ArrayLike<number>[]): ArrayLike<number>;
}

/** The oracle's part of a search, which holds every node's values in float32: half the memory. */
export async function oracleValues(
  { network, weights }: { readonly network: Network; readonly weights: Weights },
  image: Float64Array,
  signal?: AbortSignal,
): Promise<Omit<NodeValues, "given">> {
  const known = new Map(weights);
  const right = new Map<string, Float32Array>();
  for (const { node, data } of evaluateNodes(network, known, image)) {
    right.set(node.name, Float32Array.from(data));
    await setImmediate();
    signal?.throwIfAborted();
  }
  const largest = (name: string): number => largestOf(right.get(name)!);
  const scale = (name: string): number => {
    const node = nodeOf(network, name);
    if (passing.has(node.op.kind)) return Math.max(largest(name), ...node.inputs.map(scale));
    if (!adding.has(node.op.kind)) return largest(name);
    const read = node.inputs.map((input) =>
      activation(network, input, right.get(input)!, Math.abs),
    );
    return Math.max(largest(name), largestOf(evaluateNode(node, read, unsigned(node, known))));
  };
  return {
    network,
    right: (name) => right.get(name)!,
    scale,
    operator: (node, inputs) =>
      evaluateNode(
        node,
        node.inputs.map((name, index) => activation(network, name, inputs[index]!)),
        known,
      ),
  };
}

/** The operators that add terms up, which may cancel: the error is then that of the terms. */
const adding: ReadonlySet<OpKind> = new Set([
  "conv2d",
  "gatedConv2d",
  "dense",
  "add",
  "avgPool",
  "globalAvgPool",
  "reduceMean",
]);

/** The operators that pass values on, with the errors that they have. */
const passing: ReadonlySet<OpKind> = new Set([
  "relu",
  "clip",
  "maxPool",
  "globalMaxPool",
  "concat",
  "channelShuffle",
  "upsample",
  "flatten",
  "unflatten",
]);

function activation(
  network: Network,
  name: string,
  values: ArrayLike<number>,
  change: (value: number) => number = (value) => value,
): Activation {
  return { shape: nodeOf(network, name).shape, data: Float64Array.from(values, change) };
}

/** The parameters of a node without their signs. */
function unsigned({ parameters }: Node, weights: Weights): Weights {
  return new Map(
    Object.values(parameters).map(({ name }) => {
      const { shape, data } = weights.get(name)!;
      return [name, { shape, data: data.map(Math.abs) }] as const;
    }),
  );
}

function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) largest = Math.max(largest, Math.abs(values[at]!));
  }
  return largest;
}
