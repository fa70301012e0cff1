import { InputError } from "@sebench/spec";
import { bodiesOf, type Graph, type Node, titleOf } from "./model.ts";

/**
 * Puts the nodes of a graph into an order in which each follows those whose outputs it reads, and
 * leaves them as they are where they stand so.
 *
 * @param outer The names that a body may read from the graphs around it.
 * @throws InputError for a cycle, a value that nothing gives, or one that two nodes give
 */
export function inOrder(graph: Graph, outer: ReadonlySet<string> = new Set()): Graph {
  const givers = giversOf(graph);
  const own = new Set([...graph.inputs, ...graph.constants].map(({ name }) => name));
  const reads = graph.nodes.map((node) => readsOf(node));
  const given = (name: string) => own.has(name) || outer.has(name);
  for (const [index, names] of reads.entries()) {
    const missing = names.find((name) => !givers.has(name) && !given(name));
    if (missing !== undefined) throw missingValue(`node ${titleOf(graph.nodes[index]!)}`, missing);
  }
  const lost = graph.outputs.find(({ name }) => !givers.has(name) && !given(name));
  if (lost !== undefined) throw missingValue("an output of the graph", lost.name);
  const order = sorted(graph, givers, reads);
  const names = new Set([...outer, ...own, ...givers.keys()]);
  return { ...graph, nodes: order.map((index) => withBodiesInOrder(graph.nodes[index]!, names)) };
}

/** The node that gives each value, by its index. */
function giversOf({ nodes }: Graph): Map<string, number> {
  const givers = new Map<string, number>();
  for (const [index, node] of nodes.entries()) {
    for (const output of node.outputs) {
      if (output === "") continue;
      const other = givers.get(output);
      if (other !== undefined) {
        throw new InputError(
          `two nodes give the value ${output}: ${titleOf(nodes[other]!)} and ${titleOf(node)}`,
          { remedy: "export the model again: in ONNX each value has one giver" },
        );
      }
      givers.set(output, index);
    }
  }
  return givers;
}

/** The values that a node reads, those that its bodies take from around it included. */
export function readsOf(node: Node): string[] {
  const captured = bodiesOf(node).flatMap(capturedBy);
  return [...node.inputs, ...captured].filter((name) => name !== "");
}

function capturedBy({ nodes, inputs, constants, outputs }: Graph): string[] {
  const own = new Set([
    ...[...inputs, ...constants].map(({ name }) => name),
    ...nodes.flatMap((node) => node.outputs),
  ]);
  const read = [...nodes.flatMap(readsOf), ...outputs.map(({ name }) => name)];
  return [...new Set(read)].filter((name) => name !== "" && !own.has(name));
}

/** The indices of the nodes in an order that runs: of those that could come next, the first. */
function sorted(
  { nodes }: Graph,
  givers: ReadonlyMap<string, number>,
  reads: readonly (readonly string[])[],
): number[] {
  const waits = reads.map((names) => new Set(names.flatMap((name) => givers.get(name) ?? [])));
  const isSorted = waits.every((set, index) => [...set].every((giver) => giver < index));
  if (isSorted) return nodes.map((_, index) => index);
  const readers = new Map<number, number[]>();
  for (const [index, set] of waits.entries()) {
    for (const giver of set) {
      const known = readers.get(giver);
      if (known) known.push(index);
      else readers.set(giver, [index]);
    }
  }
  const left = waits.map((set) => set.size);
  const order = left.flatMap((count, index) => (count === 0 ? [index] : []));
  for (let at = 0; at < order.length; at++) {
    for (const reader of readers.get(order[at]!) ?? []) {
      if (--left[reader]! === 0) order.push(reader);
    }
  }
  if (order.length < nodes.length) {
    const inCycle = left.findIndex((count) => count > 0);
    throw new InputError(
      `the graph has a cycle: node ${titleOf(nodes[inCycle]!)} needs, over others, its own output`,
      { remedy: "export the model again: no engine runs a cycle" },
    );
  }
  return order;
}

function withBodiesInOrder(node: Node, outer: ReadonlySet<string>): Node {
  if (bodiesOf(node).length === 0) return node;
  const attributes = new Map(
    [...node.attributes].map(([name, attribute]) => [
      name,
      attribute.kind === "graphs"
        ? { ...attribute, graphs: attribute.graphs.map((graph) => inOrder(graph, outer)) }
        : attribute,
    ]),
  );
  return { ...node, attributes };
}

function missingValue(who: string, name: string): InputError {
  return new InputError(
    `${who} reads ${name}, which no node, input or initializer of the file gives`,
    { remedy: "export the model again, with its weights (export_params=True in PyTorch)" },
  );
}
