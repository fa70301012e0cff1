import type { Layout, LoweredNetwork } from "@sebench/lowering";
import { InputError, type Network } from "@sebench/spec";
import { checkWeights, foldBatchNorm, type Weights } from "@sebench/weights";
import { graphOf } from "./graph/graph.ts";
import type { Notation, WeightSource } from "./graph/notation.ts";
import { nchwcGraphOf } from "./nchwc/nchwc-graph.ts";
import type { ActivationRanges } from "./precision/activation-scales.ts";
import { fp16Notation, fp32Notation } from "./precision/float-notation.ts";
import { int8Notation } from "./precision/int8-notation.ts";
import { type OnnxPrecision, writeNetwork } from "./write-network.ts";

export interface OnnxOptions {
  /** The number of images in one run, which is fixed since the model's shapes are static. */
  readonly batch: number;
  /**
   * Whether batch norms are folded into the convolutions before them, as in a model
   * that is deployed, or are `BatchNormalization` nodes; default true.
   */
  readonly foldBatchNorm?: boolean;
  /** The precision that the model computes in, default `fp32`; input and output are always float32. */
  readonly precision?: OnnxPrecision;
  /** The ranges from which int8 takes its scales, measured with the model of `encodeRangesModel`. */
  readonly ranges?: ActivationRanges;
}

type NotationOf = (network: Network, options: OnnxOptions) => Notation;

const notations: Readonly<Record<OnnxPrecision, NotationOf>> = {
  fp32: fp32Notation,
  fp16: fp16Notation,
  int8: (network, { ranges }) => int8Notation(network, ranges ?? {}),
};

const graphs: Readonly<Record<Layout, typeof graphOf>> = { engine: graphOf, nchwc: nchwcGraphOf };

/**
 * Writes a network as the bytes of an ONNX model with one float32 input `images`
 * `[batch, 3, height, width]` and one output `logits` `[batch, classes]`. The bytes may
 * be a view of a larger buffer. Throws an `InputError` if the batch is not a positive
 * whole number, the weights do not fit the network or the precision, a range is missing,
 * or the layout has no operators of that precision.
 */
export function encodeOnnx(lowered: LoweredNetwork, options: OnnxOptions): Uint8Array {
  const { batch, foldBatchNorm: folded = true, precision = "fp32" } = options;
  const { layout = "engine" } = lowered;
  if (!Number.isInteger(batch) || batch < 1) {
    throw new InputError(`a batch of ${batch} images cannot be run`, {
      remedy: "give a whole number of at least 1",
    });
  }
  if (layout === "nchwc" && precision !== "fp32") {
    throw new InputError(`the layout nchwc has no ${precision} operators`, {
      remedy: "choose fp32, or another lowering",
    });
  }
  checkWeights(lowered.network, lowered.weights);
  const { network, weights } = folded
    ? foldBatchNorm(lowered.network, lowered.weights)
    : { network: lowered.network, weights: sourceOf(lowered.weights) };
  const notation = notations[precision](network, options);
  const graph = graphs[layout](network, batch, notation);
  return writeNetwork({ lowered, folded, precision }, graph, notation, weights);
}

function sourceOf(weights: Weights): WeightSource {
  return { get: (name) => weights.get(name), inTurn: () => weights };
}
