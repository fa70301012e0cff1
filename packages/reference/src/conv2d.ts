import type { Conv2d, GatedConv2d, MapShape, Tensor, Window } from "@sebench/spec";

/** The number of patch values that are kept at a time: half a megabyte, which a core's cache holds. */
const patchValues = 2 ** 16;

/** The number of taps that one step of the sum adds up. */
const tapsAtOnce = 4;

/**
 * Computes `out[o, y, x] = bias[o] + sum over (c, i, j) of weight[o, c, i, j] * in[c, y * stride +
 * i - top, x * stride + j - left]`, with zero outside the map; `c` runs over the channels of `o`'s
 * group.
 *
 * A tap `(c, i, j)` is one term of that sum. The patch of an output position is the values that a
 * group's taps see there. A patch is gathered once, and then multiplied by the filter of each
 * output channel. The sum adds four taps at a time, from the first, and the bias last.
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
  const map = padMap(op, input, inputShape, outputShape);
  const channels = inputShape[0] / op.groups;
  const outputs = outChannels / op.groups;
  const taps = channels * op.kernel[0] * op.kernel[1];
  const room = Math.ceil(taps / tapsAtOnce) * tapsAtOnce;
  const filters = [new Float64Array(room), new Float64Array(room)] as const;
  const atOnce = Math.min(planeSize, Math.ceil(patchValues / room));
  const patches = new Float64Array((atOnce + (atOnce % 2)) * room);

  for (let group = 0; group < op.groups; group++) {
    const first = group * channels;
    for (let start = 0; start < planeSize; start += atOnce) {
      const end = Math.min(start + atOnce, planeSize);
      const corners = cornersOf(op, map, width, start, end);
      gatherPatches(patches, room, map, { first, end: first + channels }, op, corners);
      for (let out = group * outputs; out < (group + 1) * outputs; out += 2) {
        for (const [index, filter] of filters.entries()) {
          const at = (out + index) * taps;
          filter.set(weight.data.subarray(at, at + taps));
        }
        const targets = [out, out + 1].map((channel) => {
          const plane = channel < (group + 1) * outputs ? channel * planeSize : output.length;
          return output.subarray(plane + start, plane + end);
        });
        multiply(targets[0]!, targets[1]!, patches, filters[0], filters[1]);
      }
    }
  }
  if (bias !== undefined) addBias(output, bias.data, planeSize);
  return output;
}

/** Planes with the padding around them, so that every window lies on them whole. */
interface PaddedMap {
  readonly data: Float64Array;
  readonly planeSize: number;
  readonly width: number;
}

function padMap(
  { kernel: [rows, columns], stride: [strideY, strideX], pads: [top, left] }: Window,
  input: Float64Array,
  [channels, inHeight, inWidth]: MapShape,
  [, outHeight, outWidth]: MapShape,
): PaddedMap {
  const height = Math.max(top + inHeight, (outHeight - 1) * strideY + rows);
  const width = Math.max(left + inWidth, (outWidth - 1) * strideX + columns);
  const data = new Float64Array(channels * height * width);
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < inHeight; y++) {
      const row = (channel * inHeight + y) * inWidth;
      data.set(input.subarray(row, row + inWidth), (channel * height + top + y) * width + left);
    }
  }
  return { data, planeSize: height * width, width };
}

/**
 * The places in a padded plane where the windows of output positions begin, from the position
 * `start` to before `end`.
 */
function cornersOf(
  { stride: [strideY, strideX] }: Window,
  map: PaddedMap,
  outWidth: number,
  start: number,
  end: number,
): Int32Array {
  return Int32Array.from({ length: end - start }, (_, index) => {
    const y = Math.floor((start + index) / outWidth);
    const x = (start + index) % outWidth;
    return y * strideY * map.width + x * strideX;
  });
}

/** Writes the patches of two positions beside each other, `[position / 2, tap, position % 2]`. */
function gatherPatches(
  patches: Float64Array,
  room: number,
  { data, planeSize, width }: PaddedMap,
  channels: { readonly first: number; readonly end: number },
  { kernel: [rows, columns] }: Window,
  corners: Int32Array,
): void {
  for (let position = 0; position < corners.length; position += 2) {
    const even = corners[position]!;
    const odd = corners[position + 1] ?? even;
    let at = position * room;
    for (let channel = channels.first; channel < channels.end; channel++) {
      for (let row = 0; row < rows; row++) {
        const start = channel * planeSize + row * width;
        for (let tap = start; tap < start + columns; tap++) {
          patches[at] = data[even + tap]!;
          patches[at + 1] = data[odd + tap]!;
          at += 2;
        }
      }
    }
  }
}

/**
 * Gives each position of two output channels the product of its patch and the channel's filter. Two
 * by two, each value that is read is used twice. A typed array ignores what is written beyond its
 * end, so a value beside the last of an odd number is lost.
 */
function multiply(
  target: Float64Array,
  otherTarget: Float64Array,
  patches: Float64Array,
  filter: Float64Array,
  otherFilter: Float64Array,
): void {
  let at = 0;
  for (let position = 0; position < target.length; position += 2) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let tap = 0; tap < filter.length; tap += tapsAtOnce) {
      const f0 = filter[tap]!;
      const f1 = filter[tap + 1]!;
      const f2 = filter[tap + 2]!;
      const f3 = filter[tap + 3]!;
      const g0 = otherFilter[tap]!;
      const g1 = otherFilter[tap + 1]!;
      const g2 = otherFilter[tap + 2]!;
      const g3 = otherFilter[tap + 3]!;
      const x0 = patches[at]!;
      const x1 = patches[at + 2]!;
      const x2 = patches[at + 4]!;
      const x3 = patches[at + 6]!;
      const y0 = patches[at + 1]!;
      const y1 = patches[at + 3]!;
      const y2 = patches[at + 5]!;
      const y3 = patches[at + 7]!;
      a += f0 * x0 + f1 * x1 + f2 * x2 + f3 * x3;
      b += f0 * y0 + f1 * y1 + f2 * y2 + f3 * y3;
      c += g0 * x0 + g1 * x1 + g2 * x2 + g3 * x3;
      d += g0 * y0 + g1 * y1 + g2 * y2 + g3 * y3;
      at += 2 * tapsAtOnce;
    }
    target[position] = a;
    target[position + 1] = b;
    otherTarget[position] = c;
    otherTarget[position + 1] = d;
  }
}

function addBias(output: Float64Array, bias: Float32Array, planeSize: number): void {
  for (let index = 0; index < output.length; index++) {
    output[index]! += bias[Math.floor(index / planeSize)]!;
  }
}
