import type { Tensor } from "@sebench/spec";

/** A convolution's or a dense layer's parameters in integers. */
export interface QuantisedLayer {
  /** `weight = q * scale`, with a scale for each output channel. */
  readonly weight: Int8Array;
  readonly weightScale: Float32Array;
  /** `bias = q * scale`, with the scale of the products that it is added to. */
  readonly bias: Int32Array;
  readonly biasScale: Float32Array;
}

/**
 * Weights lie in -64..64, seven bits and not eight. On x64 without VNNI,
 * onnxruntime's kernels add two products of an activation in 0..255 and a weight
 * in 16 bits (VPMADDUBSW), and what does not fit saturates: 2 * 255 * 64 = 32640
 * fits, 2 * 255 * 127 does not. The relaxed SIMD of WebAssembly leaves the eighth
 * bit open in the same way. onnxruntime's own tool calls this `reduce_range`, and
 * advises it for such machines: its models give the same output on every machine.
 */
const greatestWeight = 64;

/** So that the bias, in 32 bits, leaves room for the products that are added to it. */
const greatestBias = 2 ** 30;

/** @param bias may be absent: it is then zeros */
export function quantiseLayer(
  inputScale: number,
  weight: Tensor,
  bias: Tensor | undefined,
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
    const scale = weightScale(weight.data.subarray(start, end), offset, inputScale);
    for (let at = start; at < end; at++) layer.weight[at] = Math.round(weight.data[at]! / scale);
    layer.weightScale[channel] = scale;
    layer.biasScale[channel] = inputScale * scale;
    layer.bias[channel] = Math.round(offset / layer.biasScale[channel]!);
  }
  return layer;
}

/**
 * Of one output channel. A channel that training has left with hardly any weight
 * may have a bias that 32 bits cannot hold at the scale of its weights: it gets a
 * coarser one.
 */
function weightScale(weights: Float32Array, bias: number, inputScale: number): number {
  let largest = 0;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  const forBias = Math.abs(bias) / (inputScale * greatestBias);
  const scale = Math.fround(Math.max(largest / greatestWeight, forBias));
  return scale === 0 ? 1 : scale;
}
