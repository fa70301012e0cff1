import type { Conv2d, GatedConv2d, MapShape, Tensor, Window } from "@sebench/spec";

/** Taps that one pass over an output plane adds; more would spare memory traffic, fewer code. */
const tapsAtOnce = 4;

/** One factor of the sum that a convolution is: an input channel seen through one kernel cell. */
interface Tap {
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

/**
 * `out[o, y, x] = bias[o] + sum over (c, i, j) of weight[o, c, i, j] * in[c, y * stride + i - top,
 * x * stride + j - left]`, zero outside the map; `c` runs over the channels of `o`'s group.
 *
 * A tap `(c, i, j)` sees one input plane, shifted and strided. That plane is gathered once, then
 * added to every output plane of the group, times its weight.
 */
export function conv2d(
  op: Conv2d | GatedConv2d,
  input: Float64Array,
  inputShape: MapShape,
  outputShape: MapShape,
  weight: Tensor,
  bias: Tensor | undefined,
): Float64Array {
  const [outChannels, height, width] = outputShape;
  const planeSize = height * width;
  const output = new Float64Array(outChannels * planeSize);
  const groupInputs = inputShape[0] / op.groups;
  const groupOutputs = outChannels / op.groups;
  const taps = tapsOf(groupInputs, op);
  const planes = Array.from({ length: tapsAtOnce }, () => new Float64Array(planeSize));
  const factors = new Float64Array(tapsAtOnce);

  for (let group = 0; group < op.groups; group++) {
    for (let first = 0; first < taps.length; first += tapsAtOnce) {
      for (const [slot, plane] of planes.entries()) {
        plane.fill(0);
        const tap = taps[first + slot];
        if (tap === undefined) continue;
        const channel = group * groupInputs + tap.channel;
        gatherPlane(plane, outputShape, input, inputShape, op, { ...tap, channel });
      }
      for (let out = group * groupOutputs; out < (group + 1) * groupOutputs; out++) {
        for (let slot = 0; slot < tapsAtOnce; slot++) {
          const tap = first + slot;
          factors[slot] = tap < taps.length ? weight.data[out * taps.length + tap]! : 0;
        }
        addPlanes(output, out * planeSize, planes, factors);
      }
    }
  }
  return bias === undefined ? output : addBias(output, bias.data, planeSize);
}

/** In the order in which a filter's weights lie. */
function tapsOf(channels: number, { kernel: [rows, columns] }: Window): Tap[] {
  return Array.from({ length: channels * rows * columns }, (_, index) => ({
    channel: Math.floor(index / (rows * columns)),
    row: Math.floor(index / columns) % rows,
    column: index % columns,
  }));
}

/** Writes what a tap sees at each output position; positions in the padding are left as they are. */
function gatherPlane(
  plane: Float64Array,
  [, outHeight, outWidth]: MapShape,
  input: Float64Array,
  [, height, width]: MapShape,
  { stride: [strideY, strideX], pads: [top, left] }: Window,
  tap: Tap,
): void {
  for (let outY = 0; outY < outHeight; outY++) {
    const y = outY * strideY + tap.row - top;
    if (y < 0 || y >= height) continue;
    const inputRow = (tap.channel * height + y) * width;
    for (let outX = 0; outX < outWidth; outX++) {
      const x = outX * strideX + tap.column - left;
      if (x >= 0 && x < width) plane[outY * outWidth + outX] = input[inputRow + x]!;
    }
  }
}

/** Adds the sum of `factors[k] * planes[k]` to the output plane that begins at `start`. */
function addPlanes(
  output: Float64Array,
  start: number,
  planes: readonly Float64Array[],
  factors: Float64Array,
): void {
  const [a, b, c, d] = planes as [Float64Array, Float64Array, Float64Array, Float64Array];
  const [fa, fb, fc, fd] = [factors[0]!, factors[1]!, factors[2]!, factors[3]!];
  for (let i = 0; i < a.length; i++) {
    output[start + i]! += fa * a[i]! + fb * b[i]! + fc * c[i]! + fd * d[i]!;
  }
}

function addBias(output: Float64Array, bias: Float32Array, planeSize: number): Float64Array {
  return output.map((value, index) => value + bias[Math.floor(index / planeSize)]!);
}
