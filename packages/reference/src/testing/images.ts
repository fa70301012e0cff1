import { elementCount, type MapShape, type Tensor } from "@sebench/spec";

/** Images `[count, ...shape]` of values from -1 to 1, with no period that a kernel could share. */
export function testImages(count: number, shape: MapShape): Tensor {
  const golden = (Math.sqrt(5) - 1) / 2;
  const data = Float32Array.from(
    { length: count * elementCount(shape) },
    (_, index) => 2 * ((index * golden + (index * index) / 997) % 1) - 1,
  );
  return { shape: [count, ...shape], data };
}

/** The largest difference, relative to the largest expected value. */
export function relativeError(
  actual: Float32Array | Float64Array,
  expected: ArrayLike<number>,
): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  let difference = 0;
  for (const [index, value] of actual.entries()) {
    // Math.max keeps a NaN, which is below no tolerance.
    largest = Math.max(largest, Math.abs(expected[index]!));
    difference = Math.max(difference, Math.abs(value - expected[index]!));
  }
  return difference / largest;
}
