import type { Network, Node } from "./network.ts";
import { nodeOf } from "./query.ts";
import { elementCount, isMap } from "./shape.ts";

/** The nodes that a node depends on and the node itself, in the order of the graph. */
export function upTo(network: Network, name: string): Node[] {
  const needed = new Set([nodeOf(network, name).name]);
  const kept: Node[] = [];
  for (const node of network.nodes.toReversed()) {
    if (!needed.has(node.name)) continue;
    kept.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  return kept.toReversed();
}

/**
 * Cuts a network off behind a node, whose values take the logits' place, so that every runtime can
 * tell them: a map is flattened to `[C * H * W]`. Nothing else is changed. Since the node is not
 * itself the output, an engine may still join the node to those before it, as it does in the whole
 * network; what follows the node cannot be joined to it.
 *
 * @throws InputError if the network has no such node
 */
export function prefixOf(network: Network, name: string): Network {
  const nodes = upTo(network, name);
  const last = nodes.at(-1)!;
  if (!isMap(last.shape) || name === network.output) return { ...network, nodes, output: name };
  const output: Node = {
    name: `${name}/values`,
    op: { kind: "flatten" },
    inputs: [name],
    parameters: {},
    shape: [elementCount(last.shape)],
    role: "head",
    stage: null,
    block: null,
  };
  return { ...network, nodes: [...nodes, output], output: output.name };
}
