/** The largest difference, relative to the largest expected value. */
export function relativeDistance(actual: Float32Array, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  const differences = Array.from(actual, (value, index) => Math.abs(value - expected[index]!));
  // A NaN must not pass for small, as Math.max keeps it and every comparison with it is false.
  return Math.max(...differences) / Math.max(...Array.from(expected, Math.abs));
}
