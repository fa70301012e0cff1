import type { Attribute, Node } from "./model.ts";

/** Attributes of a node in the terms of ONNX: one number, several, or a text. */
type Plain = Readonly<Record<string, number | readonly number[] | string>>;

/** Makes the nodes of ONNX's operators that stand for one node of a file in another format. */
export class NodeMaker {
  /** The nodes that stand for it, in order. */
  readonly made: Node[] = [];
  /** Those of them that only change the order of axes. */
  readonly layouts = new Set<Node>();
  readonly #title: string;

  /** @param title What the made nodes are called, which no other node of the file is called. */
  constructor(title: string) {
    this.#title = title;
  }

  /** Adds a node, and gives the name of its output. */
  emit(op: string, inputs: readonly string[], attributes: Plain = {}): string {
    return this.emitAll(op, inputs, attributes, 1)[0]!;
  }

  /** Adds a node with several outputs, and gives their names. */
  emitAll(op: string, inputs: readonly string[], attributes: Plain, outputs: number): string[] {
    const first = this.made.reduce((count, made) => count + made.outputs.length, 0);
    const names = Array.from({ length: outputs }, (_, at) => `${this.#title}#${first + at}`);
    this.made.push({
      name: this.#title,
      op,
      domain: "",
      inputs,
      outputs: names,
      attributes: new Map(Object.entries(attributes).map((entry) => [entry[0], given(...entry)])),
      span: null,
      changed: true,
    });
    return names;
  }

  /** Adds a transposition for the sake of the layout alone. */
  transposed(name: string, perm: readonly number[]): string {
    const output = this.emit("Transpose", [name], { perm });
    this.layouts.add(this.made.at(-1)!);
    return output;
  }

  /** Runs on a map, whose channels come last, what takes and gives one whose channels come first. */
  turned(name: string, run: (map: string) => string): string {
    return this.transposed(run(this.transposed(name, [0, 3, 1, 2])), [0, 2, 3, 1]);
  }

  /**
   * The made nodes with the names that the file has for what they give.
   *
   * @param outputs What was made of the node's outputs, in their order.
   * @param names The file's names of them.
   */
  named(outputs: readonly string[], names: readonly string[]): Node[] {
    const own = new Map(outputs.map((output, at) => [output, names[at]!]));
    const renamed = (list: readonly string[]) => list.map((name) => own.get(name) ?? name);
    return this.made.map((node) => {
      const view = { ...node, inputs: renamed(node.inputs), outputs: renamed(node.outputs) };
      if (this.layouts.has(node)) this.layouts.add(view);
      return view;
    });
  }
}

/** The attributes that are floats, also where their values are whole numbers. */
const floats: ReadonlySet<string> = new Set(["alpha", "beta", "min", "max"]);

function given(key: string, value: number | readonly number[] | string): Attribute {
  if (typeof value === "number") {
    return { kind: "number", value, float: floats.has(key), span: null };
  }
  if (typeof value === "string") return { kind: "text", text: value, span: null };
  return { kind: "numbers", values: value, span: null };
}
