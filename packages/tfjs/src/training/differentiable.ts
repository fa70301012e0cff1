import {
  InputError,
  type Node,
  type Op,
  type OpKind,
  type OpOf,
  type ParameterSlot,
  type Shape,
} from "@sebench/spec";
import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import type { Tfjs } from "../binding.ts";
import { explicitPad, tfjsPad } from "../padding.ts";
import { asMap } from "../site.ts";
import type { Normalised, TrainingKernels } from "./training-kernels.ts";

/** A node of a network in training. Maps are `[batch, height, width, channels]`, vectors `[batch, length]`. */
export interface TrainingSite {
  readonly tf: Tfjs;
  readonly kernels: TrainingKernels;
  readonly node: Node;
  readonly inputs: readonly Tensor[];
  /** For one image. */
  readonly inputShapes: readonly Shape[];
  /** The node's variable; undefined where it has none of that kind. */
  parameter(slot: ParameterSlot): Tensor | undefined;
  /** Takes the statistics of a batch for the running ones. */
  noteStatistics(of: Pick<Normalised, "mean" | "variance">): void;
}

type Compute<O extends Op> = (site: TrainingSite, op: O) => Tensor;

/**
 * Every operator of the networks for 28 and 32 pixels, out of operators that tfjs
 * can differentiate; null for those that only other networks have.
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
  globalAvgPool: ({ tf, inputs }) => tf.mean(inputs[0]!, [1, 2], true),
  globalMaxPool: ({ tf, inputs }) => tf.max(inputs[0]!, [1, 2], true),
  add: ({ tf, inputs }) => inputs.reduce((sum, input) => tf.add(sum, input)),
  mul: ({ tf, inputs }) => tf.mul(inputs[0]!, inputs[1]!),
  scaleBy: ({ tf, inputs }, { factor }) => tf.mul(inputs[0]!, factor),
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

/** Throws an `InputError` where a network has an operator that is not trained here. */
export function requireTrainable(nodes: readonly Node[]): void {
  for (const { op, name } of nodes) {
    const grouped = op.kind === "conv2d" && op.groups > 1;
    if (op.kind === "input" || (table[op.kind] !== null && !grouped)) continue;
    const what = grouped ? "a convolution in groups" : op.kind;
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
  return withBias(tf, tf.conv2d(x, filter, [...op.stride], pad), parameter("bias"));
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
