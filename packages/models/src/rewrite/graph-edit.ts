import { GraphView } from "../graph/graph-view.ts";
import type { Attribute, Constant, Graph, Model, Node } from "../graph/model.ts";
import { inOrder, readsOf } from "../graph/order.ts";

/** A node as a pass writes it. */
export interface WrittenNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** The name of the value that the node gives; by default a new one. */
  readonly output?: string;
  /** The name of a node that is gone, whose place the new one takes; by default a new one. */
  readonly name?: string;
}

/** The attributes that passes write. */
export const attribute = {
  int: (value: number): Attribute => ({ kind: "number", value, float: false, span: null }),
  float: (value: number): Attribute => ({ kind: "number", value, float: true, span: null }),
  ints: (values: readonly number[]): Attribute => ({ kind: "numbers", values, span: null }),
  text: (text: string): Attribute => ({ kind: "text", text, span: null }),
};

/** The version of the file format from which on a tensor need not be an input as well. */
const looseTensorsSince = 4;

/**
 * A graph that is being rewritten. Nodes are replaced where they stand, and tensors are added. What
 * nothing reads any more is gone at the end; what nothing read before is the user's, and stays.
 */
export class GraphEdit {
  readonly view: GraphView;
  readonly #graph: Graph;
  readonly #asNodes: boolean;
  readonly #names: Set<string>;
  readonly #replaced = new Map<Node, readonly Node[]>();
  readonly #rewired = new Map<string, string>();
  readonly #constants: Constant[] = [];
  #written: Node[] = [];

  constructor({ graph, irVersion }: Model) {
    this.#graph = graph;
    this.#asNodes = irVersion < looseTensorsSince;
    this.view = new GraphView(graph);
    this.#names = new Set([
      ...graph.nodes.flatMap(({ name, inputs, outputs }) => [name, ...inputs, ...outputs]),
      ...[...graph.inputs, ...graph.outputs, ...graph.constants].map(({ name }) => name),
      ...graph.nodes.flatMap(readsOf),
    ]);
  }

  /** A name like another that neither a value nor a node of the graph has. */
  fresh(like: string): string {
    let name = like;
    for (let count = 2; this.#names.has(name); count++) name = `${like}_${count}`;
    this.#names.add(name);
    return name;
  }

  /** Adds a tensor of float32, and gives its name. */
  floats(like: string, dims: readonly number[], values: Iterable<number>): string {
    return this.#add(like, 1, dims, Float32Array.from(values));
  }

  /** Adds a vector of int64, and gives its name. */
  integers(like: string, values: readonly number[]): string {
    return this.#add(like, 7, [values.length], BigInt64Array.from(values, BigInt), values);
  }

  #add(
    like: string,
    type: number,
    dims: readonly number[],
    array: Float32Array | BigInt64Array,
    values: readonly number[] | null = null,
  ): string {
    const name = this.fresh(like);
    const added = new Uint8Array(array.buffer);
    const known = values ?? (array.length > 16 ? null : [...(array as Float32Array)]);
    this.#constants.push({
      name,
      type,
      dims,
      values: known,
      data: [],
      added,
      external: null,
    });
    return name;
  }

  /** Writes a node, to be placed by `replace`, and gives the name of its value. */
  write({ op, inputs, attributes = {}, output, name }: WrittenNode, like: string): string {
    const given = output ?? this.fresh(like);
    this.#written.push({
      name: name ?? this.fresh(`${like}/${op}`),
      op,
      domain: "",
      inputs,
      outputs: [given],
      attributes: new Map(Object.entries(attributes)),
      span: null,
      changed: true,
    });
    return given;
  }

  /** Puts what was written since the last call at the place of a node, which is gone. */
  replace(node: Node): void {
    this.#replaced.set(node, this.#written);
    this.#written = [];
  }

  /** Has every node read another value in the place of one that is no output of the graph. */
  rewire(from: string, to: string): void {
    this.#rewired.set(from, to);
  }

  finish(): Graph {
    const placed = this.#graph.nodes.flatMap(
      (node): readonly Node[] => this.#replaced.get(node) ?? [node],
    );
    const constantNodes = this.#asNodes ? this.#constants.map(constantNode) : [];
    const added = this.#asNodes ? [] : this.#constants;
    const rewired = [...constantNodes, ...placed].map((node) => this.#withInputs(node));
    return this.#swept(rewired, [...this.#graph.constants, ...added]);
  }

  #withInputs(node: Node): Node {
    const inputs = node.inputs.map((name) => this.#rewired.get(name) ?? name);
    const isSame = inputs.every((name, index) => name === node.inputs[index]);
    return isSame ? node : { ...node, inputs, changed: true };
  }

  /** The graph without the nodes and tensors that were read before, and are not any more. */
  #swept(nodes: readonly Node[], constants: readonly Constant[]): Graph {
    const reads = new Map<string, number>();
    const count = (name: string, change: number) => {
      const left = (reads.get(name) ?? 0) + change;
      reads.set(name, left);
      return left;
    };
    for (const { name } of this.#graph.outputs) count(name, 1);
    for (const node of nodes) for (const name of new Set(readsOf(node))) count(name, 1);
    const readBefore = new Set(this.#graph.nodes.flatMap(readsOf));
    const isLost = ({ outputs, span }: Node) =>
      outputs.every((name) => name === "" || (reads.get(name) ?? 0) === 0) &&
      (span === null || outputs.some((name) => readBefore.has(name)));
    const gone = new Set<Node>();
    // Givers stand before their readers but for what a pass moved, which a second sweep takes.
    for (let before = -1; before !== gone.size;) {
      before = gone.size;
      for (const node of nodes.toReversed()) {
        if (gone.has(node) || !isLost(node)) continue;
        gone.add(node);
        for (const name of new Set(readsOf(node))) count(name, -1);
      }
    }
    const kept = nodes.filter((node) => !gone.has(node));
    const given = new Set(kept.flatMap(({ outputs }) => outputs));
    const before = new Set(this.#graph.nodes.flatMap(({ outputs }) => outputs));
    return inOrder({
      ...this.#graph,
      nodes: kept,
      constants: constants.filter(
        ({ name, added }) =>
          (reads.get(name) ?? 0) > 0 || (added === null && !readBefore.has(name)),
      ),
      values: this.#graph.values.filter(({ name }) => given.has(name) || !before.has(name)),
    });
  }
}

function constantNode(constant: Constant): Node {
  return {
    name: constant.name,
    op: "Constant",
    domain: "",
    inputs: [],
    outputs: [constant.name],
    attributes: new Map([["value", { kind: "constant", constant, span: null } as const]]),
    span: null,
    changed: true,
  };
}
