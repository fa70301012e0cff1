import type { Network, Node } from "@sebench/spec";
import type { FusedActivation } from "./site.ts";

/** A node, with the activation after it if the two are written together. */
export interface FusedNode {
  readonly node: Node;
  readonly activation: FusedActivation | null;
  /** The name of the node whose value the two give. */
  readonly gives: string;
}

/** Joins each convolution and dense layer with a ReLU or sigmoid that is its only reader. */
export function fuseActivations(network: Network): FusedNode[] {
  const readers = readersOf(network);
  const joined = new Set<Node>();
  const fused: FusedNode[] = [];
  for (const node of network.nodes) {
    if (joined.has(node)) continue;
    const reader = onlyReader(node, readers.get(node.name), network);
    const activation = reader && isLayer(node) ? activationOf(reader) : null;
    if (reader && activation) joined.add(reader);
    fused.push({ node, activation, gives: reader && activation ? reader.name : node.name });
  }
  return fused;
}

function readersOf(network: Network): Map<string, Node[]> {
  const readers = new Map<string, Node[]>(network.nodes.map(({ name }) => [name, []]));
  for (const node of network.nodes) {
    for (const input of node.inputs) readers.get(input)!.push(node);
  }
  return readers;
}

function onlyReader(node: Node, readers: readonly Node[] = [], network: Network): Node | null {
  const [reader, ...others] = readers;
  return reader && others.length === 0 && node.name !== network.output ? reader : null;
}

function isLayer({ op }: Node): boolean {
  return op.kind === "conv2d" || op.kind === "dense";
}

function activationOf({ op }: Node): FusedActivation | null {
  return op.kind === "relu" || op.kind === "sigmoid" ? op.kind : null;
}
