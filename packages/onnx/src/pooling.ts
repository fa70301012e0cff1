import { type AvgPool, isMap, type MaxPool, type Pads, type Shape, type Size } from "@sebench/spec";

/**
 * Pads under which every window lies within the padded map, so that rounding
 * down gives the output's size. They stand in for `ceil_mode`, whose last window
 * may start in the padding in ONNX, but not in Caffe and PyTorch.
 */
export function coveringPads(op: MaxPool | AvgPool, input: Shape, output: Shape): Pads {
  const [from, to] = [sizeOf(input), sizeOf(output)];
  const [top, left, bottom, right] = op.pads;
  const reach = (axis: 0 | 1) => (to[axis] - 1) * op.stride[axis] + op.kernel[axis];
  return [
    top,
    left,
    Math.max(bottom, reach(0) - from[0] - top),
    Math.max(right, reach(1) - from[1] - left),
  ];
}

function sizeOf(shape: Shape): Size {
  if (!isMap(shape)) throw new Error("a vector has no height and width to pool");
  return [shape[1], shape[2]];
}
