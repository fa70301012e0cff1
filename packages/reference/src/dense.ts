import type { Tensor } from "@sebench/spec";

/** `out[u] = bias[u] + sum over i of weight[u, i] * in[i]`. */
export function dense(
  input: Float64Array,
  units: number,
  weight: Tensor,
  bias: Tensor | undefined,
): Float64Array {
  return Float64Array.from({ length: units }, (_, unit) => {
    let sum = bias?.data[unit] ?? 0;
    for (let i = 0; i < input.length; i++) sum += weight.data[unit * input.length + i]! * input[i]!;
    return sum;
  });
}
