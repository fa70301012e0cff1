export function relu(input: Float64Array): Float64Array {
  return input.map((value) => Math.max(value, 0));
}

export function sigmoid(input: Float64Array): Float64Array {
  return input.map((value) => 1 / (1 + Math.exp(-value)));
}

export function tanh(input: Float64Array): Float64Array {
  return input.map(Math.tanh);
}

export function scaleBy(input: Float64Array, factor: number): Float64Array {
  return input.map((value) => value * factor);
}

/** The sum of inputs of one shape. */
export function add(inputs: readonly Float64Array[]): Float64Array {
  return inputs.reduce((sum, input) => sum.map((value, i) => value + input[i]!));
}

/** Scales each stretch of a map by one value of a gate: a channel, or one element. */
export function mul(map: Float64Array, gate: Float64Array): Float64Array {
  const stretch = map.length / gate.length;
  return map.map((value, i) => value * gate[Math.floor(i / stretch)]!);
}

/** Repeats each value `times` times in turn. */
export function repeat(values: Float64Array, times: number): Float64Array {
  return Float64Array.from({ length: values.length * times }, (_, i) => {
    return values[Math.floor(i / times)]!;
  });
}
