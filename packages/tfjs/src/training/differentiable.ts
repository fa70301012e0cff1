import {
  InputError,
  type Node,
  type Op,
  type OpKind,
  type OpOf,
  type ParameterSlot,
  type Shape,
} from "@sebench/spec";
import type { Rank, Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { explicitPad, tfjsPad } from "../model/padding.ts";
import { asMap } from "../model/site.ts";
import type { Tfjs } from "../session/binding.ts";

/** A node in training. Maps are `[batch, height, width, channels]`, and vectors `[batch, length]`. */
export interface TrainingSite {
  readonly tf: Tfjs;
  readonly kernels: TrainingKernels;
  readonly node: Node;
  readonly inputs: readonly Tensor[];
  /** The shapes of the inputs, for one image. */
  readonly inputShapes: readonly Shape[];
  /** The node's variable of a kind, or undefined if the node has none. */
  parameter(slot: ParameterSlot): Tensor | undefined;
  /** Keeps the statistics of a batch for the running statistics. */
  noteStatistics(of: Pick<Normalised, "mean" | "variance">): void;
}

type Compute<O extends Op> = (site: TrainingSite, op: O) => Tensor;

/**
 * The computation of every kind of operator, out of operators that tfjs can differentiate,
 * or null for kinds that no network for 28 or 32 pixels has.
 */
const table: { readonly [Kind in OpKind]: Compute<OpOf<Kind>> | null } = {
  input: null,
  conv2d: convolve,
  batchNorm: normalise,
  dense: ({ tf, inputs, parameter }) =>
    withBias(
      tf,
      tf.matMul(inputs[0] as Tensor2D, parameter("weight") as Tensor2D),
      parameter("bias"),
    ),
  relu: ({ kernels, inputs }) => kernels.relu(inputs[0]!),
  sigmoid: ({ tf, inputs }) => tf.sigmoid(inputs[0]!),
  tanh: ({ tf, inputs }) => tf.tanh(inputs[0]!),
  silu: ({ tf, inputs }) => tf.mul(inputs[0]!, tf.sigmoid(inputs[0]!)),
  hardSwish: ({ tf, inputs }) => tf.mul(inputs[0]!, hardSigmoid(tf, inputs[0]!, 1 / 6, 0.5)),
  hardSigmoid: ({ tf, inputs }, { alpha, beta }) => hardSigmoid(tf, inputs[0]!, alpha, beta),
  clip: ({ tf, inputs }, { min, max }) => tf.clipByValue(inputs[0]!, min, max),
  globalAvgPool: ({ tf, inputs }) => tf.mean(inputs[0]!, [1, 2], true),
  globalMaxPool: ({ tf, inputs }) => tf.max(inputs[0]!, [1, 2], true),
  add: ({ tf, inputs }) => inputs.reduce((sum, input) => tf.add(sum, input)),
  mul: ({ tf, inputs }) => tf.mul(inputs[0]!, inputs[1]!),
  scaleBy: ({ tf, inputs }, { factor }) => tf.mul(inputs[0]!, factor),
  offsetBy: ({ tf, inputs }, { offset }) => tf.add(inputs[0]!, offset),
  divideBy: ({ tf, inputs }, { divisor }) => tf.div(inputs[0]!, divisor),
  flatten: ({ tf, inputs, node }) =>
    tf.reshape(tf.transpose(inputs[0] as Tensor4D, [0, 3, 1, 2]), [-1, node.shape[0]]),
  unflatten: ({ tf, inputs, node }) => tf.reshape(inputs[0]!, [-1, 1, 1, node.shape[0]]),
  concat: ({ tf, inputs }) => tf.concat([...inputs], 3),
  gatedConv2d: null,
  upsample: null,
  reduceMean: null,
  maxPool: null,
  avgPool: null,
  channelShuffle: null,
};

/** Throws an `InputError` if a network has an operator that is not trained here. */
export function requireTrainable(nodes: readonly Node[]): void {
  for (const { op, name, parameters } of nodes) {
    const perGroup = parameters.weight?.shape[1] ?? 1;
    const grouped = op.kind === "conv2d" && op.groups > 1 && perGroup > 1;
    if (op.kind === "input" || (table[op.kind] !== null && !grouped)) continue;
    const what = grouped ? "a convolution in groups of several channels" : op.kind;
    throw new InputError(`${name} is ${what}, which is not trained here`, {
      remedy: "choose a network for 32 pixels, such as se-resnet20 or se-resnet8",
    });
  }
}

export function compute(site: TrainingSite): Tensor {
  const { op } = site.node;
  const own = table[op.kind] as Compute<Op> | null;
  if (own === null) throw new Error(`${op.kind} has no gradient here`);
  return own(site, op);
}

function hardSigmoid(tf: Tfjs, x: Tensor, alpha: number, beta: number): Tensor {
  return tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1);
}

function convolve(site: TrainingSite, op: OpOf<"conv2d">): Tensor {
  const { tf, parameter } = site;
  let x = site.inputs[0] as Tensor4D;
  let pad = tfjsPad(op, op.pads, asMap(site.inputShapes[0]!));
  if (typeof pad !== "string") {
    // libtensorflow has no gradient with explicit pads.
    x = tf.pad(x, explicitPad(op.pads));
    pad = "valid";
  }
  const filter = parameter("weight") as Tensor4D;
  return withBias(tf, inGroups(tf, x, filter, { ...op, pad }), parameter("bias"));
}

/** How a convolution goes over its map. */
interface Going extends Pick<OpOf<"conv2d">, "groups" | "stride"> {
  readonly pad: "same" | "valid";
}

/**
 * Convolves a map whole, or each of its channels by itself.
 *
 * @param filter The filter `[height, width, in / groups, out]`, in which a group's outputs are side by side.
 */
function inGroups(tf: Tfjs, x: Tensor4D, filter: Tensor4D, going: Going): Tensor4D {
  const { groups, pad } = going;
  const stride: [number, number] = [going.stride[0], going.stride[1]];
  if (groups === 1) return tf.conv2d(x, filter, stride, pad);
  const [height, width, , out] = filter.shape;
  const ofChannels = tf.reshape<Rank.R4>(filter, [height, width, groups, out / groups]);
  return tf.depthwiseConv2d(x, ofChannels, stride, pad);
}

function withBias(tf: Tfjs, x: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? x : tf.add(x, bias);
}

function normalise(site: TrainingSite, { epsilon }: OpOf<"batchNorm">): Tensor {
  const { kernels, inputs, parameter } = site;
  const [scale, offset] = [parameter("weight")!, parameter("bias")!];
  const { value, ...statistics } = kernels.batchNorm(inputs[0]!, scale, offset, epsilon);
  site.noteStatistics(statistics);
  return value;
}

/**
 * The operators whose gradients tfjs composes of many kernels, or lacks, each as one kernel
 * of the backend forwards and one backwards. tfjs can differentiate both operators.
 */
export interface TrainingKernels {
  /**
   * Normalises by the statistics of the batch (Ioffe & Szegedy 2015).
   *
   * @param x The map `[batch, height, width, channels]`; the other tensors are `[channels]`.
   */
  batchNorm(x: Tensor, scale: Tensor, offset: Tensor, epsilon: number): Normalised;
  relu(x: Tensor): Tensor;
}

export interface Normalised {
  readonly value: Tensor;
  /** The mean of the batch, `[channels]`, which is kept until the caller disposes of it. */
  readonly mean: Tensor;
  /**
   * The variance of the batch with Bessel's correction, as running variances take it,
   * `[channels]`, which is kept until the caller disposes of it.
   */
  readonly variance: Tensor;
}
