import type { BatchNorm, Tensor } from "@sebench/spec";

/** The four parameters of a batch norm, each `[channels]`. */
export interface Normalisation {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** `(x - mean) / sqrt(variance + epsilon) * weight + bias`, channel by channel; nothing is folded. */
export function batchNorm(
  op: BatchNorm,
  input: Float64Array,
  { mean, variance, weight, bias }: Normalisation,
): Float64Array {
  const channels = mean.data.length;
  const planeSize = input.length / channels;
  const output = new Float64Array(input.length);
  for (let channel = 0; channel < channels; channel++) {
    const centre = mean.data[channel]!;
    const deviation = Math.sqrt(variance.data[channel]! + op.epsilon);
    const gain = weight.data[channel]!;
    const offset = bias.data[channel]!;
    for (let i = channel * planeSize; i < (channel + 1) * planeSize; i++) {
      output[i] = ((input[i]! - centre) / deviation) * gain + offset;
    }
  }
  return output;
}
