import type { Graph, Node } from "./model.ts";
import { readsOf } from "./order.ts";

/** Who gives and who reads each tensor; a node reads what its bodies take from around it. */
export class GraphView {
  readonly givers = new Map<string, Node>();
  readonly order = new Map<Node, number>();
  readonly #readers = new Map<string, (Node | string)[]>();

  constructor({ nodes, outputs }: Graph) {
    for (const [index, node] of nodes.entries()) {
      this.order.set(node, index);
      for (const output of node.outputs) this.givers.set(output, node);
      for (const input of new Set(readsOf(node))) this.#add(input, node);
    }
    for (const { name } of outputs) this.#add(name, name);
  }

  #add(name: string, reader: Node | string): void {
    const known = this.#readers.get(name);
    if (known) known.push(reader);
    else this.#readers.set(name, [reader]);
  }

  readersOf(name: string): readonly (Node | string)[] {
    return this.#readers.get(name) ?? [];
  }
}
