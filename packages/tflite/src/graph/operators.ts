import {
  type BatchNorm,
  type ChannelShuffle,
  type Clip,
  type HardSigmoid,
  InputError,
  type Op,
  type OpKind,
  type OpOf,
} from "@sebench/spec";
import { activations } from "../flat/schema.ts";
import type { Value } from "./graph-writer.ts";
import { writeConv2d, writeDense } from "./layers.ts";
import { writeAveragePool, writeGlobalPool, writeMaxPool, writeMean } from "./windows.ts";
import { inputMapOf, inputOf, localName, outputOf, parameterOf, type Site } from "./site.ts";

type OperatorTable = {
  readonly [Kind in OpKind]: (site: Site, op: OpOf<Kind>) => Value;
};

/** The writer of every kind of operator; a new kind does not compile until it has one here. */
const operatorTable: OperatorTable = {
  input: () => {
    throw new Error("the images come from outside, not from operators");
  },
  conv2d: writeConv2d,
  gatedConv2d: ({ node }) => {
    throw new InputError(
      `${node.name} has no form in TFLite: a gate would scale weights, and these must be constant there`,
      { remedy: "choose a lowering without scale-fold, scale-forward and residual-conv" },
    );
  },
  upsample: (site, { size }) => {
    const extent = site.writer.integers(localName(site, "size"), size);
    return site.writer.call("RESIZE_BILINEAR", [inputOf(site), extent], outputOf(site), {});
  },
  batchNorm: writeBatchNorm,
  dense: writeDense,
  relu: (site) => unary("RELU", site),
  sigmoid: (site) => unary("LOGISTIC", site),
  tanh: (site) => unary("TANH", site),
  silu: (site) => {
    const gate = { ...outputOf(site), name: localName(site, "sigmoid") };
    const x = inputOf(site);
    const sigmoid = site.writer.call("LOGISTIC", [x], gate, {});
    return site.writer.call("MUL", [x, sigmoid], outputOf(site), {});
  },
  hardSwish: (site) => unary("HARD_SWISH", site),
  hardSigmoid: writeHardSigmoid,
  clip: writeClip,
  maxPool: writeMaxPool,
  avgPool: writeAveragePool,
  globalAvgPool: (site) => writeGlobalPool("AVERAGE_POOL_2D", site),
  reduceMean: writeMean,
  globalMaxPool: (site) => writeGlobalPool("MAX_POOL_2D", site),
  add: writeSum,
  mul: (site) => site.writer.call("MUL", site.inputs, outputOf(site), activated(site)),
  scaleBy: (site, { factor }) => withScalar("MUL", site, inputOf(site), factor),
  offsetBy: (site, { offset }) => withScalar("ADD", site, inputOf(site), offset),
  divideBy: (site, { divisor }) => withScalar("DIV", site, inputOf(site), divisor),
  concat: (site) =>
    writeConcat(
      site,
      site.inputs,
      site.inputShapes.map(([channels]) => channels),
    ),
  channelShuffle: writeShuffle,
  flatten: writeFlatten,
  unflatten: (site) => reshape(site, inputOf(site), outputOf(site)),
};

/**
 * Writes the operators that compute a node, and gives the node's value.
 *
 * @throws InputError for a node that has no form in TensorFlow Lite
 */
export function writeNode(site: Site): Value {
  const { op } = site.node;
  const write = operatorTable[op.kind] as (site: Site, op: Op) => Value;
  return write(site, op);
}

/** The kinds of operators that can apply an activation to what they give. */
export const appliesActivation: ReadonlySet<OpKind> = new Set([
  "conv2d",
  "dense",
  "add",
  "mul",
  "batchNorm",
]);

const activated = ({ activation }: Site) => ({ activation: activations[activation] });

function unary(
  kind: "RELU" | "RELU6" | "RELU_N1_TO_1" | "LOGISTIC" | "TANH" | "HARD_SWISH",
  site: Site,
): Value {
  return site.writer.call(kind, [inputOf(site)], outputOf(site), {});
}

/** Writes a batch norm that is not folded into a layer, as a product and a sum over the channels. */
function writeBatchNorm(site: Site, { epsilon }: BatchNorm): Value {
  const { node, writer } = site;
  const scales = () =>
    Float64Array.from(
      parameterOf(site, "variance"),
      (variance, at) => parameterOf(site, "weight")[at]! / Math.sqrt(variance + epsilon),
    );
  const shape = [node.shape[0]];
  const factor = writer.floats(localName(site, "scale"), shape, () => Float32Array.from(scales()));
  const offset = writer.floats(localName(site, "shift"), shape, () => {
    const [bias, mean] = [parameterOf(site, "bias"), parameterOf(site, "mean")];
    return Float32Array.from(scales(), (scale, at) => bias[at]! - mean[at]! * scale);
  });
  const scaled = { ...outputOf(site), name: localName(site, "scaled") };
  const product = writer.call("MUL", [inputOf(site), factor], scaled, {});
  return writer.call("ADD", [product, offset], outputOf(site), activated(site));
}

/** A number as a constant that every reader shares. */
function scalar(site: Site, value: number): Value {
  return site.writer.floats(`number ${value}`, [1], () => Float32Array.of(value));
}

function withScalar(
  kind: "MUL" | "ADD" | "DIV" | "MAXIMUM" | "MINIMUM",
  site: Site,
  x: Value,
  value: number,
  output = outputOf(site),
): Value {
  return site.writer.call(kind, [x, scalar(site, value)], output, {});
}

/** Writes `min(max(alpha * x + beta, 0), 1)` as a sixth of `relu6(6 * alpha * x + 6 * beta)`. */
function writeHardSigmoid(site: Site, { alpha, beta }: HardSigmoid): Value {
  const { writer } = site;
  const { shape } = outputOf(site);
  const slope = 6 * alpha;
  const x = inputOf(site);
  const named = (local: string) => ({ name: localName(site, local), shape });
  const scaled = slope === 1 ? x : withScalar("MUL", site, x, slope, named("scaled"));
  const inputs = [scaled, scalar(site, 6 * beta)];
  const sixfold = writer.call("ADD", inputs, named("sixfold"), { activation: activations.relu6 });
  return withScalar("MUL", site, sixfold, 1 / 6);
}

function writeClip(site: Site, { min, max }: Clip): Value {
  if (min === 0 && max === 6) return unary("RELU6", site);
  if (min === -1 && max === 1) return unary("RELU_N1_TO_1", site);
  const raised = { ...outputOf(site), name: localName(site, "raised") };
  const atLeast = withScalar("MAXIMUM", site, inputOf(site), min, raised);
  return withScalar("MINIMUM", site, atLeast, max);
}

/** Writes a sum of two or more maps by one ADD after another: ADD_N runs on no accelerator. */
function writeSum(site: Site): Value {
  const { inputs, writer } = site;
  const output = outputOf(site);
  return inputs.slice(1).reduce((sum, input, at) => {
    const isLast = at === inputs.length - 2;
    const value = isLast ? output : { ...output, name: localName(site, `sum${at}`) };
    return writer.call("ADD", [sum, input], value, isLast ? activated(site) : {});
  }, inputs[0]!);
}

/** The most inputs of one CONCATENATION that XNNPACK takes. */
const mostJoined = 5;

/** Joins maps along channels, more than five of them in a tree. */
function writeConcat(site: Site, inputs: readonly Value[], channels: readonly number[]): Value {
  const { writer } = site;
  const [batch, height, width] = outputOf(site).shape;
  const join = (values: readonly Value[], output: { name: string; shape: number[] }) =>
    writer.call("CONCATENATION", values, output, { axis: 3 });
  if (inputs.length <= mostJoined) return join(inputs, outputOf(site));
  const size = Math.max(2, Math.ceil(inputs.length / mostJoined));
  const joined: { value: Value; channels: number }[] = [];
  for (let at = 0; at < inputs.length; at += size) {
    const values = inputs.slice(at, at + size);
    const own = channels.slice(at, at + size).reduce((sum, count) => sum + count, 0);
    const output = {
      name: localName(site, `join${inputs.length}.${at}`),
      shape: [batch!, height!, width!, own],
    };
    const value = values.length === 1 ? values[0]! : join(values, output);
    joined.push({ value, channels: own });
  }
  return writeConcat(
    site,
    joined.map(({ value }) => value),
    joined.map((each) => each.channels),
  );
}

/** Writes a transposition of `[groups, C / groups]` to `[C / groups, groups]`, pixel by pixel. */
function writeShuffle(site: Site, { groups }: ChannelShuffle): Value {
  const output = outputOf(site);
  const [batch, height, width, channels] = output.shape as [number, number, number, number];
  const [pixels, each] = [height * width, channels / groups];
  const split = { name: localName(site, "split"), shape: [batch, pixels, groups, each] };
  const swapped = { name: localName(site, "swapped"), shape: [batch, pixels, each, groups] };
  const apart = reshape(site, inputOf(site), split);
  const permutation = site.writer.integers("swap of the last two axes", [0, 1, 3, 2]);
  return reshape(site, site.writer.call("TRANSPOSE", [apart, permutation], swapped, {}), output);
}

/** Writes a change to a vector in the network's order, channels first. */
function writeFlatten(site: Site): Value {
  const [channels, height, width] = inputMapOf(site);
  if (height * width === 1) return reshape(site, inputOf(site), outputOf(site));
  const permutation = site.writer.integers("channels first", [0, 3, 1, 2]);
  const first = {
    name: localName(site, "channels-first"),
    shape: [site.batch, channels, height, width],
  };
  const x = site.writer.call("TRANSPOSE", [inputOf(site), permutation], first, {});
  return reshape(site, x, outputOf(site));
}

function reshape(site: Site, x: Value, output: { name: string; shape: readonly number[] }): Value {
  const shape = site.writer.integers(`shape ${output.shape.join("x")}`, output.shape);
  return site.writer.call("RESHAPE", [x, shape], output, {});
}
