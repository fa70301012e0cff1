import type { AvgPool, MapShape, MaxPool, Window } from "@sebench/spec";

/** The rows `top` to before `bottom` and columns `left` to before `right` of a map, padding included. */
interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** The maximum over the part of each window that lies on the map, so that padding never wins. */
export function maxPool(
  op: MaxPool,
  input: Float64Array,
  inputShape: MapShape,
  outputShape: MapShape,
): Float64Array {
  const map = mapOf(inputShape);
  return slide(op, input, inputShape, outputShape, (plane, window) =>
    foldCells(plane, map, intersect(window, map), -Infinity, (best, value) =>
      Math.max(best, value),
    ),
  );
}

/**
 * The average over each window. The divisor is the number of the window's cells on the map or, with
 * `countIncludePad`, on the padded map. Cells by which a window of ceil mode hangs over the padding
 * never count, as in PyTorch.
 */
export function avgPool(
  op: AvgPool,
  input: Float64Array,
  inputShape: MapShape,
  outputShape: MapShape,
): Float64Array {
  const map = mapOf(inputShape);
  const counted = op.countIncludePad ? padded(map, op) : map;
  return slide(op, input, inputShape, outputShape, (plane, window) => {
    const total = foldCells(plane, map, intersect(window, map), 0, (sum, value) => sum + value);
    return total / area(intersect(window, counted));
  });
}

export function globalMaxPool(input: Float64Array, channels: number): Float64Array {
  return eachPlane(input, channels, (plane) =>
    plane.reduce((best, value) => Math.max(best, value), -Infinity),
  );
}

export function globalAvgPool(input: Float64Array, channels: number): Float64Array {
  return eachPlane(
    input,
    channels,
    (plane) => plane.reduce((sum, value) => sum + value, 0) / plane.length,
  );
}

function eachPlane(
  input: Float64Array,
  channels: number,
  fold: (plane: Float64Array) => number,
): Float64Array {
  const size = input.length / channels;
  return Float64Array.from({ length: channels }, (_, channel) =>
    fold(input.subarray(channel * size, (channel + 1) * size)),
  );
}

/** Folds the window of each output cell into the cell's value. */
function slide(
  { kernel: [rows, columns], stride: [strideY, strideX], pads: [padTop, padLeft] }: Window,
  input: Float64Array,
  inputShape: MapShape,
  [channels, outHeight, outWidth]: MapShape,
  fold: (plane: Float64Array, window: Rectangle) => number,
): Float64Array {
  const planeSize = inputShape[1] * inputShape[2];
  const output = new Float64Array(channels * outHeight * outWidth);
  let at = 0;
  for (let channel = 0; channel < channels; channel++) {
    const plane = input.subarray(channel * planeSize, (channel + 1) * planeSize);
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        const top = y * strideY - padTop;
        const left = x * strideX - padLeft;
        output[at++] = fold(plane, { top, left, bottom: top + rows, right: left + columns });
      }
    }
  }
  return output;
}

/** Folds the cells of a rectangle that lies on the map. */
function foldCells(
  plane: Float64Array,
  map: Rectangle,
  { top, left, bottom, right }: Rectangle,
  start: number,
  step: (folded: number, value: number) => number,
): number {
  let folded = start;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) folded = step(folded, plane[y * map.right + x]!);
  }
  return folded;
}

function mapOf([, height, width]: MapShape): Rectangle {
  return { top: 0, left: 0, bottom: height, right: width };
}

function padded(map: Rectangle, { pads: [top, left, bottom, right] }: Window): Rectangle {
  return { top: -top, left: -left, bottom: map.bottom + bottom, right: map.right + right };
}

function intersect(a: Rectangle, b: Rectangle): Rectangle {
  return {
    top: Math.max(a.top, b.top),
    left: Math.max(a.left, b.left),
    bottom: Math.min(a.bottom, b.bottom),
    right: Math.min(a.right, b.right),
  };
}

function area({ top, left, bottom, right }: Rectangle): number {
  return (bottom - top) * (right - left);
}
