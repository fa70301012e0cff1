import type { AvgPool, Conv2d, GatedConv2d, MapShape, MaxPool, Pads } from "@sebench/spec";

type Windowed = Conv2d | GatedConv2d | MaxPool | AvgPool;

/** The padding that tfjs's kernels take. */
export type TfjsPad = "valid" | "same" | ExplicitPad;

/** The amounts before and after, for batch, height, width and channels. */
export type ExplicitPad = [[number, number], [number, number], [number, number], [number, number]];

/** The shortest form of a window's pads for tfjs; libtensorflow is faster with `same`. */
export function tfjsPad(op: Windowed, pads: Pads, input: MapShape): TfjsPad {
  if (pads.every((amount) => amount === 0)) return "valid";
  const same = ([0, 1] as const).every((axis) => {
    const extent = input[axis + 1]!;
    const positions = Math.ceil(extent / op.stride[axis]);
    const total = Math.max(0, (positions - 1) * op.stride[axis] + op.kernel[axis] - extent);
    const before = Math.floor(total / 2);
    return pads[axis] === before && pads[axis + 2] === total - before;
  });
  return same ? "same" : explicitPad(pads);
}

export function explicitPad([top, left, bottom, right]: Pads): ExplicitPad {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

/**
 * The pads under which every window lies within the padded map, so that rounding down
 * gives the output's size. These pads stand in for `ceil`, whose last window may hang over
 * the padded edge.
 */
export function coveringPads(op: MaxPool | AvgPool, input: MapShape, output: MapShape): Pads {
  const [top, left, bottom, right] = op.pads;
  const reach = (axis: 0 | 1) => (output[axis + 1]! - 1) * op.stride[axis] + op.kernel[axis];
  return [
    top,
    left,
    Math.max(bottom, reach(0) - input[1] - top),
    Math.max(right, reach(1) - input[2] - left),
  ];
}
