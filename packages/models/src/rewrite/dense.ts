import { type Dims, type Node, numberOf, numbersOf, titleOf } from "../graph/model.ts";
import { seeThrough } from "../blocks/trace.ts";
import { attribute } from "./graph-edit.ts";
import type { Place, Rewriting } from "./rewriting.ts";

/** Operators of one input that give each element by itself, whatever the number of axes. */
const elementwise: ReadonlySet<string> = new Set(
  "Relu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Mish Clip Neg Exp Sqrt Reciprocal Identity Dropout".split(
    " ",
  ),
);
const ofTwo: ReadonlySet<string> = new Set(["Add", "Sub", "Mul", "Div"]);

/** The version of the operators since which Gemm's third input is optional. */
const gemmWithoutBiasSince = 11;

/** The form that vectors are written in: `[N, C]` with dense layers, or `[N, C, 1, 1]` with 1x1 ones. */
type Form = "rows" | "maps";

const formOf = (dims: Dims | null): Form | null => {
  if (dims?.length === 2 && typeof dims[1] === "number") return "rows";
  return dims?.length === 4 && dims[2] === 1 && dims[3] === 1 && typeof dims[1] === "number"
    ? "maps"
    : null;
};

/** The step that writes dense layers on vectors as convolutions of 1x1. */
export const denseAsConvolutions = (rewriting: Rewriting) => rewritten(rewriting, "maps");

/** The step that writes convolutions of 1x1 on vectors as dense layers. */
export const convolutionsAsDense = (rewriting: Rewriting) => rewritten(rewriting, "rows");

function rewritten(rewriting: Rewriting, to: Form): Place[] {
  const writer = new VectorWriter(rewriting, to);
  for (const node of rewriting.nodes) writer.take(node);
  return writer.finish();
}

/**
 * Writes layers on vectors in another form, with all that is elementwise between them. A value in the
 * new form is turned back only where something else reads it.
 */
class VectorWriter {
  readonly #rewriting: Rewriting;
  readonly #to: Form;
  /** The values in the new form, by the names of those in the old one. */
  readonly #made = new Map<string, string>();
  readonly #places: Place[] = [];

  constructor(rewriting: Rewriting, to: Form) {
    this.#rewriting = rewriting;
    this.#to = to;
  }

  take(node: Node): void {
    if (node.domain !== "" || node.outputs.length !== 1) return;
    const layer = this.#layerOf(node);
    if (layer !== null) {
      if ("refused" in layer) this.#places.push({ at: titleOf(node), refused: layer.refused });
      else this.#writeLayer(node, layer);
    } else if (elementwise.has(node.op) && this.#made.has(node.inputs[0]!)) {
      this.#writeLike(node, [this.#made.get(node.inputs[0]!)!, ...node.inputs.slice(1)]);
    } else if (ofTwo.has(node.op)) this.#writeOfTwo(node);
    else if (seeThrough.has(node.op)) this.#seeThrough(node);
  }

  /** A change of form from the new form's values back to the old, and again, takes nothing. */
  #seeThrough(node: Node): void {
    const [input] = node.inputs as [string];
    const [output] = node.outputs as [string];
    const made = this.#made.get(input);
    const { known } = this.#rewriting.shaped;
    if (made === undefined || node.op.endsWith("Linear") || node.op.startsWith("Cast")) return;
    const [before, after] = [known.dimsOf(input), known.dimsOf(output)];
    const isSame = before?.[1] === after?.[1] && before?.[0] === after?.[0];
    if (formOf(after) === this.#to && isSame) this.#rewriting.edit.rewire(output, made);
  }

  #writeOfTwo(node: Node): void {
    const dims = this.#rewriting.shaped.known.dimsOf(node.outputs[0]);
    if (!node.inputs.some((name) => this.#made.has(name)) || formOf(dims) === null) return;
    const channels = dims![1];
    const inputs = node.inputs.map(
      (name) => this.#made.get(name) ?? this.#operandOf(name, channels),
    );
    if (inputs.every((name) => name !== null)) this.#writeLike(node, inputs);
  }

  /** A constant operand in the new form: a number, or one for each channel; null for any other value. */
  #operandOf(name: string, channels: unknown): string | null {
    const { edit, shaped } = this.#rewriting;
    const constant = shaped.known.constants.get(name);
    if (constant?.dims.every((dim) => dim === 1) && constant.dims.length < 2) return name;
    const dims = this.#rewriting.floatDims(name);
    if (dims === null) return null;
    const axis = this.#to === "maps" ? dims.length - 1 : dims.length - 3;
    const isAlong = dims.every((dim, at) => dim === (at === axis ? channels : 1));
    if (!isAlong || axis < 0) return null;
    const own = this.#to === "maps" ? [dims[axis]!, 1, 1] : [dims[axis]!];
    return edit.floats(`${name}/${this.#to}`, own, this.#rewriting.floats(name)!);
  }

  #writeLike(node: Node, inputs: readonly string[]): void {
    const [output] = node.outputs as [string];
    const attributes = Object.fromEntries(node.attributes);
    const { edit } = this.#rewriting;
    this.#give(node, edit.write({ op: node.op, inputs, attributes }, `${output}/${this.#to}`));
  }

  /** Sets the new form of a node's value, from which the old one is made where anything reads it. */
  #give(node: Node, made: string): void {
    const [output] = node.outputs as [string];
    this.#made.set(output, made);
    this.#turn(made, output);
    this.#rewriting.edit.replace(node);
  }

  /** Writes a value of the new form in the old one. */
  #turn(from: string, output: string): void {
    const { edit, shaped } = this.#rewriting;
    if (this.#to === "maps") {
      edit.write({ op: "Flatten", inputs: [from], output }, output);
      return;
    }
    const channels = shaped.known.dimsOf(output)![1] as number;
    const shape = edit.integers(`${output}/shape`, [-1, channels, 1, 1]);
    edit.write({ op: "Reshape", inputs: [from, shape], output }, output);
  }

  /** The input of a layer in the new form. */
  #inputOf(name: string): string {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const { edit, shaped, view } = this.#rewriting;
    const giver = view.givers.get(name);
    const source = giver?.inputs[0];
    const dims = shaped.known.dimsOf(source);
    const isForm =
      giver !== undefined &&
      ["Flatten", "Reshape", "Squeeze", "Unsqueeze"].includes(giver.op) &&
      formOf(dims) === this.#to &&
      dims?.[1] === shaped.known.dimsOf(name)?.[1];
    if (isForm) return source!;
    const channels = shaped.known.dimsOf(name)![1] as number;
    const like = `${name}/${this.#to}`;
    if (this.#to === "rows") return edit.write({ op: "Flatten", inputs: [name] }, like);
    const shape = edit.integers(`${like}/shape`, [-1, channels, 1, 1]);
    return edit.write({ op: "Reshape", inputs: [name, shape] }, like);
  }

  #writeLayer(node: Node, { weights, bias, outputs, inputs }: Layer): void {
    const { edit } = this.#rewriting;
    const [output] = node.outputs as [string];
    const input = this.#inputOf(node.inputs[0]!);
    const dims = this.#to === "maps" ? [outputs, inputs, 1, 1] : [outputs, inputs];
    const names = [input, edit.floats(`${output}/weight`, dims, weights)];
    const isNeeded = this.#to === "rows" && this.#rewriting.opset < gemmWithoutBiasSince;
    const own = bias ?? (isNeeded ? new Float32Array(outputs) : null);
    if (own !== null) names.push(edit.floats(`${output}/bias`, [outputs], own));
    const written =
      this.#to === "maps"
        ? { op: "Conv", attributes: { kernel_shape: attribute.ints([1, 1]) } }
        : { op: "Gemm", attributes: { transB: attribute.int(1) } };
    const made = edit.write({ ...written, inputs: names }, `${output}/${this.#to}`);
    this.#places.push({ at: titleOf(node), refused: null });
    this.#give(node, made);
  }

  #layerOf(node: Node): Layer | { readonly refused: string } | null {
    const { known } = this.#rewriting.shaped;
    const isForm = (name: string | undefined) => {
      const form = formOf(known.dimsOf(name));
      return form !== null && form !== this.#to;
    };
    if (!isForm(node.inputs[0]) || !isForm(node.outputs[0])) return null;
    const isDense = node.op === "Gemm" || node.op === "MatMul";
    if (this.#to === "maps" ? !isDense : node.op !== "Conv") return null;
    const dims = this.#rewriting.floatDims(node.inputs[1]);
    if (dims === null) return { refused: "its weights are no float32 tensor of the file" };
    const why = whyNoLayer(node, dims);
    if (why !== null) return { refused: why };
    const transposed = node.op === "Conv" || numberOf(node, "transB", 0) === 1;
    const [outputs, inputs] = (transposed ? dims : dims.toReversed()) as [number, number];
    const bias = node.inputs[2] ? this.#rewriting.floats(node.inputs[2]) : null;
    // Gemm may have a bias for each row, [N, 1], which is as long as one for each output can be.
    const isByOutput = this.#rewriting.floatDims(node.inputs[2])?.at(-1) === outputs;
    if (node.inputs[2] && (bias?.length !== outputs || !isByOutput))
      return { refused: "its bias is no vector of the file" };
    const values = this.#rewriting.floats(node.inputs[1])!;
    const weights = transposed
      ? values
      : values.map((_, at) => values[(at % inputs) * outputs + Math.floor(at / inputs)]!);
    return { weights, bias, outputs, inputs };
  }

  finish(): Place[] {
    return this.#places;
  }
}

interface Layer {
  /** The weights, `[outputs, inputs]`. */
  readonly weights: Float32Array;
  readonly bias: Float32Array | null;
  readonly outputs: number;
  readonly inputs: number;
}

function whyNoLayer(node: Node, dims: readonly number[]): string | null {
  if (node.op === "Conv") {
    const isOne = dims.length === 4 && dims[2] === 1 && dims[3] === 1;
    const isPadded = numbersOf(node, "pads")?.some((pad) => pad !== 0) ?? false;
    const isPlain = isOne && !isPadded && numberOf(node, "group", 1) === 1;
    return isPlain ? null : "its kernel is not 1x1 without groups and padding";
  }
  if (dims.length !== 2) return "its weights are no matrix";
  const isPlain =
    numberOf(node, "alpha", 1) === 1 &&
    numberOf(node, "beta", 1) === 1 &&
    numberOf(node, "transA", 0) === 0;
  return isPlain ? null : "it has factors of its own or reads a transposed input";
}
