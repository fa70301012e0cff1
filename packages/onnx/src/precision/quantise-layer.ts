import type { Op, Tensor } from "@sebench/spec";

/** The parameters of a convolution or a dense layer in integers. */
export interface QuantisedLayer {
  /** The integers q of `weight = q * scale`. */
  readonly weight: Int8Array;
  /** The scale of each output channel's weights. */
  readonly weightScale: Float32Array;
  /** The integers q of `bias = q * scale`. */
  readonly bias: Int32Array;
  /** The scale of each channel's bias, which is that of the products to which the bias is added. */
  readonly biasScale: Float32Array;
}

/**
 * The greatest weight: weights lie in -64..64, seven bits and not eight. On x64 without
 * VNNI, onnxruntime's kernels add two products of an activation in 0..255 and a weight in
 * 16 bits (VPMADDUBSW), and a sum that does not fit saturates: 2 * 255 * 64 = 32640 fits,
 * 2 * 255 * 127 does not. The relaxed SIMD of WebAssembly leaves the eighth bit open in
 * the same way. onnxruntime's own tool calls this range `reduce_range` and advises it for
 * such machines; models in this range give the same output on every machine. Weights as
 * uint8 would be exact with eight bits, and were up to 1.9 times as slow (docs/numerics.md).
 */
const greatestWeight = 64;

/** The greatest weight of a depthwise layer, whose kernels widen each product by itself. */
const greatestDepthwise = 127;

/** The integer that the greatest weight of a layer becomes. */
export function greatestWeightOf(op: Op): number {
  const isConvolution = op.kind === "conv2d" || op.kind === "gatedConv2d";
  const isDepthwise = isConvolution && op.groups > 1 && op.groups === op.outChannels;
  return isDepthwise ? greatestDepthwise : greatestWeight;
}

/** The greatest bias, which in 32 bits leaves room for the products that are added to the bias. */
const greatestBias = 2 ** 30;

/**
 * Quantises the parameters of a layer.
 *
 * @param bias The bias of the layer; a layer without bias gets zeros.
 * @param greatest The integer that the greatest weight of a channel becomes.
 */
export function quantiseLayer(
  inputScale: number,
  weight: Tensor,
  bias: Tensor | undefined,
  greatest: number = greatestWeight,
): QuantisedLayer {
  const channels = weight.shape[0]!;
  const length = weight.data.length / channels;
  const layer: QuantisedLayer = {
    weight: new Int8Array(weight.data.length),
    weightScale: new Float32Array(channels),
    bias: new Int32Array(channels),
    biasScale: new Float32Array(channels),
  };
  for (let channel = 0; channel < channels; channel++) {
    const [start, end] = [channel * length, (channel + 1) * length];
    const offset = bias?.data[channel] ?? 0;
    const scale = weightScale(weight.data.subarray(start, end), offset, inputScale, greatest);
    for (let at = start; at < end; at++) layer.weight[at] = Math.round(weight.data[at]! / scale);
    layer.weightScale[channel] = scale;
    layer.biasScale[channel] = inputScale * scale;
    layer.bias[channel] = Math.round(offset / layer.biasScale[channel]!);
  }
  return layer;
}

/**
 * The scale of one output channel's weights. A channel that training has left with hardly
 * any weight may have a bias that 32 bits cannot hold at the scale of its weights; the
 * channel then gets a coarser scale.
 */
function weightScale(
  weights: Float32Array,
  bias: number,
  inputScale: number,
  greatest: number,
): number {
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  const forBias = Math.abs(bias) / (inputScale * greatestBias);
  const scale = Math.fround(Math.max(largest / greatest, forBias));
  return scale === 0 ? 1 : scale;
}
