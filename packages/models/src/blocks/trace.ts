import { type Dims, type Graph, type Node, numberOf } from "../graph/model.ts";
import type { KnownTensors } from "../shapes/access.ts";
import { axisOf } from "../shapes/dims.ts";
import { isFullWindow } from "../shapes/window-rules.ts";

/** What a tensor is to squeeze-and-excitation. */
export type Trace =
  /** The tensor does not depend on an input, or only on the inputs' shapes. */
  | { readonly kind: "constant" }
  /** The tensor is a map, or a map's values in another form. */
  | { readonly kind: "map"; readonly origin: string }
  /** The tensor came out of squeezes alone, and everything since is 1x1 in space. */
  | Vector;

export interface Vector {
  readonly kind: "vector";
  /** The nodes that squeezed a map, in the order of the graph. */
  readonly squeezes: readonly Node[];
  /** The maps that were squeezed. */
  readonly maps: readonly string[];
  /** Whether the vector was written out over the space of a map. */
  readonly spread: boolean;
}

/** What each tensor of a graph is, by its name. */
export class Traces {
  readonly #traces = new Map<string, Trace>();
  readonly #known: KnownTensors;
  readonly #outer: Traces | null;

  /** @param outer what the tensors of the graphs around a body are */
  constructor({ constants, nodes }: Graph, known: KnownTensors, outer: Traces | null) {
    this.#known = known;
    this.#outer = outer;
    for (const { name } of constants) this.#traces.set(name, { kind: "constant" });
    for (const node of nodes) {
      const trace = traceOf(node, this, known);
      for (const output of node.outputs) {
        this.#traces.set(output, trace ?? { kind: "map", origin: output });
      }
    }
  }

  /** What a tensor is; what no node gives is an input, and so a map. */
  of(name: string): Trace {
    if (this.#known.constants.has(name)) return { kind: "constant" };
    return this.#traces.get(name) ?? this.#outer?.of(name) ?? { kind: "map", origin: name };
  }
}

/** Operators through which values go as they are, but for their form, type or precision. */
export const seeThrough: ReadonlySet<string> = new Set(
  "Identity Cast CastLike QuantizeLinear DequantizeLinear Reshape Flatten Squeeze Unsqueeze Transpose Dropout".split(
    " ",
  ),
);

/** Operators that give each element of a vector by itself, or over the channels alone. */
const ofVectors: ReadonlySet<string> = new Set(
  "Relu LeakyRelu PRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Mish Gelu Swish QuickGelu FastGelu BiasGelu Clip Abs Neg Exp Log Sqrt Reciprocal Erf Softmax LogSoftmax BatchNormalization LayerNormalization GroupNormalization Add Sub Mul Div Pow Max Min Mean Sum Where Gemm MatMul FusedGemm FusedMatMul MatMulInteger QLinearMatMul QLinearAdd QLinearMul QLinearSigmoid QLinearLeakyRelu Concat Split Slice Gather GlobalAveragePool GlobalMaxPool ReduceMean ReduceMax ReduceSum AveragePool MaxPool QLinearGlobalAveragePool Pad".split(
    " ",
  ),
);

const convolutions: ReadonlySet<string> = new Set([
  "Conv",
  "FusedConv",
  "ConvInteger",
  "QLinearConv",
]);

/** What a node's outputs are, or null for maps of their own. */
function traceOf(node: Node, traces: Traces, known: KnownTensors): Trace | null {
  const inputs = node.inputs.filter((name) => name !== "").map((name) => traces.of(name));
  if (node.op === "Shape" || node.op === "Size") return { kind: "constant" };
  // A node without inputs is a constant, or one of chance.
  if (inputs.every(({ kind }) => kind === "constant")) {
    return node.op.startsWith("Random") ? null : { kind: "constant" };
  }
  const data = inputs.filter((trace) => trace.kind !== "constant");
  const vectors = data.filter((trace) => trace.kind === "vector");
  if (vectors.length === data.length) return vectorOf(node, vectors, known);
  const first = traces.of(node.inputs[0]!);
  if (first.kind !== "map" || data.length > 1) return null;
  const map = known.dimsOf(node.inputs[0]);
  const output = known.dimsOf(node.outputs[0]);
  if (isSqueeze(node, map, output, known)) {
    return { kind: "vector", squeezes: [node], maps: [first.origin], spread: false };
  }
  return keepsMap(node, map, output, known) ? first : null;
}

function vectorOf(node: Node, vectors: readonly Vector[], known: KnownTensors): Vector | null {
  const spread = vectors.some((vector) => vector.spread) || isSpread(node);
  const stays =
    seeThrough.has(node.op) ||
    isSpread(node) ||
    ofVectors.has(node.op) ||
    (convolutions.has(node.op) && staysVector(node, known));
  const squeezes = [...new Set(vectors.flatMap((vector) => vector.squeezes))];
  if (!stays || squeezes.length > mostSqueezes) return null;
  return {
    kind: "vector",
    squeezes,
    maps: [...new Set(vectors.flatMap(({ maps }) => maps))],
    spread,
  };
}

/** The most squeezes of one gate; selective kernels have a few. */
const mostSqueezes = 16;

const isSpread = ({ op }: Node) => ["Expand", "Resize", "Upsample", "Tile"].includes(op);

/** Whether a convolution of a vector gives one: in 1x1, or over the channels as in ECA. */
function staysVector(node: Node, known: KnownTensors): boolean {
  const [input, output] = [known.dimsOf(node.inputs[0]), known.dimsOf(node.outputs[0])];
  if (output !== null && output.slice(2).every((dim) => dim === 1)) return true;
  const isAlike =
    input?.length === output?.length && input?.every((dim, at) => dim === output![at]);
  const weights = known.dimsOf(node.inputs[node.op === "QLinearConv" ? 3 : 1]);
  if (weights === null) return false;
  // ECA's weights know one channel, and go over what were the channels.
  return isEca(weights)
    ? isAlike === true || output === null
    : weights.slice(2).every((d) => d === 1);
}

/** Whether a convolution's weights are ECA's: one channel in, one out, and several taps. */
export function isEca(weights: Dims): boolean {
  return weights[0] === 1 && weights[1] === 1 && weights.slice(2).some((dim) => dim !== 1);
}

/** Whether a node takes the mean, the sum or the largest of each channel of a map. */
function isSqueeze(
  node: Node,
  map: Dims | null,
  output: Dims | null,
  known: KnownTensors,
): boolean {
  switch (node.op) {
    case "GlobalAveragePool":
    case "GlobalMaxPool":
    case "QLinearGlobalAveragePool":
      return true;
    case "AveragePool":
    case "MaxPool":
      return isFullWindow(node, map, output);
    case "ReduceMean":
    case "ReduceMax":
    case "ReduceSum":
      return map !== null && reducesSpace(map, axesOf(node, map, known));
    default:
      return false;
  }
}

function axesOf(node: Node, map: Dims, known: KnownTensors): readonly number[] {
  const attribute = node.attributes.get("axes");
  const given =
    attribute?.kind === "numbers" ? attribute.values : known.numbersOf(node.inputs[1] || undefined);
  return (given ?? []).flatMap((axis) =>
    typeof axis === "number" ? [axisOf(axis, map.length)] : [],
  );
}

/** Whether axes are all of a map's that are longer than 1, but for batch and channels, first or last. */
function reducesSpace(map: Dims, axes: readonly number[]): boolean {
  const others = map.flatMap((dim, axis) => (axes.includes(axis) || dim === 1 ? [] : [axis]));
  if (map.length < 3 || axes.length === 0 || axes.includes(0)) return false;
  const channelsFirst = !axes.includes(1) && others.every((axis) => axis < 2);
  const last = map.length - 1;
  const channelsLast = !axes.includes(last) && others.every((axis) => axis === 0 || axis === last);
  return channelsFirst || channelsLast;
}

/** Whether a node hands on a map's values, each channel's within its channel. */
function keepsMap(node: Node, map: Dims | null, output: Dims | null, known: KnownTensors): boolean {
  switch (node.op) {
    case "Reshape":
    case "Flatten":
    case "Squeeze":
    case "Unsqueeze":
      return output !== null && map !== null && output.length > 2 && output[1] === map[1];
    case "Pad": {
      const attribute = node.attributes.get("pads");
      const pads =
        attribute?.kind === "numbers" ? attribute.values : known.numbersOf(node.inputs[1]);
      return pads !== null && pads.every((pad) => pad === 0);
    }
    case "ReduceMean":
      // The mean over the height, of which the one over the width comes next, or the other way.
      return map?.length === 4 && axesOf(node, map, known).every((axis) => axis > 1);
    default:
      return seeThrough.has(node.op) && numberOf(node, "training_mode", 0) === 0;
  }
}
