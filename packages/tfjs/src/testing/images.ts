import { elementCount, type MapShape, type Tensor } from "@sebench/spec";

/** `[count, ...shape]` values spread over -1 to 1, in no period that a kernel could share. */
export function testImages(count: number, shape: MapShape): Tensor {
  const golden = (Math.sqrt(5) - 1) / 2;
  const data = Float32Array.from(
    { length: count * elementCount(shape) },
    (_, index) => 2 * ((index * golden + (index * index) / 997) % 1) - 1,
  );
  return { shape: [count, ...shape], data };
}

/** The largest difference, relative to the largest value that was expected. */
export function relativeError(actual: Float32Array, expected: Float64Array): number {
  if (actual.length !== expected.length) return Infinity;
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const difference = expected.reduce(
    (max, value, index) => Math.max(max, Math.abs(value - actual[index]!)),
    0,
  );
  return difference / largest;
}
