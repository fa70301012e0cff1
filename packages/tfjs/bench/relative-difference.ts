/** The largest, over the largest value that was expected. */
export function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const differences = expected.map((value, at) => Math.abs(value - actual[at]!));
  return differences.reduce((max, difference) => Math.max(max, difference), 0) / largest;
}
