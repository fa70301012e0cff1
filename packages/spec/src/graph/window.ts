import type { AvgPool, MaxPool, Pads, Window } from "./op.ts";

/**
 * The pads under which every window lies within the padded map, so that rounding down
 * gives the output's size. These pads stand in for `ceil`, whose last window may hang over
 * the padded edge.
 *
 * @param input The shape of the map, `[channels, height, width]`.
 * @param output The shape of what the pool gives, in the same order.
 */
export function coveringPads(
  op: MaxPool | AvgPool,
  input: readonly number[],
  output: readonly number[],
): Pads {
  const [top, left, bottom, right] = op.pads;
  const reach = (axis: 0 | 1) => (output[axis + 1]! - 1) * op.stride[axis] + op.kernel[axis];
  return [
    top,
    left,
    Math.max(bottom, reach(0) - input[1]! - top),
    Math.max(right, reach(1) - input[2]! - left),
  ];
}

/**
 * Whether pads are those of TensorFlow's SAME, which has as many positions as the stride goes into
 * the map, and the odd pad below and on the right.
 *
 * @param input The shape of the map, `[channels, height, width]`.
 */
export function isSamePadding(op: Window, pads: Pads, input: readonly number[]): boolean {
  return ([0, 1] as const).every((axis) => {
    const extent = input[axis + 1]!;
    const positions = Math.ceil(extent / op.stride[axis]);
    const total = Math.max(0, (positions - 1) * op.stride[axis] + op.kernel[axis] - extent);
    const before = Math.floor(total / 2);
    return pads[axis] === before && pads[axis + 2] === total - before;
  });
}

/**
 * The ratio of a window's cells to those cells that an average pool counts, for each window, row by
 * row: what a mean over the cells within the map is multiplied by where cells beyond it count less.
 *
 * @param input The shape of the map, `[channels, height, width]`.
 * @param output The shape of what the pool gives, in the same order.
 */
export function windowFactors(
  op: AvgPool,
  input: readonly number[],
  output: readonly number[],
): number[] {
  const [, height, width] = output as readonly [number, number, number];
  const [, inHeight, inWidth] = input as readonly [number, number, number];
  const [top, left, bottom, right] = op.countIncludePad ? op.pads : [0, 0, 0, 0];
  const counted = (axis: 0 | 1, position: number, from: number, to: number) => {
    const start = position * op.stride[axis] - op.pads[axis];
    return Math.min(start + op.kernel[axis], to) - Math.max(start, from);
  };
  return Array.from({ length: height * width }, (_, at) => {
    const rows = counted(0, Math.floor(at / width), -top, inHeight + bottom);
    const columns = counted(1, at % width, -left, inWidth + right);
    return (op.kernel[0] * op.kernel[1]) / (rows * columns);
  });
}
