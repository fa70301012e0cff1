import type { Attribute, Node } from "../graph/model.ts";
import type { GraphNode } from "./model-json.ts";

/** Attributes of a node in the terms of ONNX: one number, several, or a text. */
type Plain = Readonly<Record<string, number | readonly number[] | string>>;

/**
 * A node of a graph model on its way into nodes of ONNX's operators, which the finder of blocks and
 * the rules of shapes know. Maps of a graph model have their channels last; convolutions and pools
 * stand between transpositions.
 */
export class Lowering {
  readonly node: GraphNode;
  /** The names of the tensors that the node reads, without what it only waits for. */
  readonly inputs: readonly string[];
  /** The nodes that stand for it, in order. */
  readonly made: Node[] = [];
  /** Those of them that only change the order of axes. */
  readonly layouts = new Set<Node>();
  readonly #numbers: (name: string) => readonly number[] | null;

  /** @param numbers Gives the values of a small constant by its name, or null. */
  constructor(
    node: GraphNode,
    inputs: readonly string[],
    numbers: (name: string) => readonly number[] | null,
  ) {
    this.node = node;
    this.inputs = inputs;
    this.#numbers = numbers;
  }

  /** The values of an input that is a small constant, or null. */
  numbers(input: number): readonly number[] | null {
    const name = this.inputs.at(input);
    return name === undefined ? null : this.#numbers(name);
  }

  /** Adds a node, and gives the name of its output. */
  emit(op: string, inputs: readonly string[], attributes: Plain = {}): string {
    return this.emitAll(op, inputs, attributes, 1)[0]!;
  }

  /** Adds a node with several outputs, and gives their names. */
  emitAll(op: string, inputs: readonly string[], attributes: Plain, outputs: number): string[] {
    const first = this.made.reduce((count, made) => count + made.outputs.length, 0);
    const names = Array.from({ length: outputs }, (_, at) => `${this.node.name}#${first + at}`);
    this.made.push({
      name: this.node.name,
      op,
      domain: "",
      inputs,
      outputs: names,
      attributes: new Map(Object.entries(attributes).map(([key, value]) => [key, given(value)])),
      span: null,
      changed: true,
    });
    return names;
  }

  /** Adds a node that no rule of shapes knows. */
  opaque(outputs = 1): string[] {
    return this.emitAll(`tfjs:${this.node.op}`, this.inputs, {}, outputs);
  }

  /** Adds a transposition for the sake of the layout alone. */
  transposed(name: string, perm: readonly number[]): string {
    const output = this.emit("Transpose", [name], { perm });
    this.layouts.add(this.made.at(-1)!);
    return output;
  }

  /** Runs on a map with its channels first what gives such a map. */
  channelsFirst(name: string, run: (map: string) => string): string {
    if (this.isChannelsFirst) return run(name);
    return this.transposed(run(this.transposed(name, [0, 3, 1, 2])), [0, 2, 3, 1]);
  }

  get isChannelsFirst(): boolean {
    return this.node.attr["data_format"]?.s === "NCHW";
  }

  /** The lengths along height and width of an attribute that has some for all four axes. */
  space(name: string): readonly number[] {
    const list = this.node.attr[name]?.list?.i ?? [];
    return list.length === 4 ? (this.isChannelsFirst ? list.slice(2) : list.slice(1, 3)) : [1, 1];
  }
}

function given(value: number | readonly number[] | string): Attribute {
  if (typeof value === "number") {
    return { kind: "number", value, float: !Number.isInteger(value), span: null };
  }
  if (typeof value === "string") return { kind: "text", text: value, span: null };
  return { kind: "numbers", values: value, span: null };
}
