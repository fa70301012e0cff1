/** The largest difference, relative to the largest expected value. */
export function relativeDistance(actual: Float32Array, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  const differences = Array.from(actual, (value, index) => Math.abs(value - expected[index]!));
  // Math.max keeps a NaN, which is below no tolerance.
  return Math.max(...differences) / Math.max(...Array.from(expected, Math.abs));
}
