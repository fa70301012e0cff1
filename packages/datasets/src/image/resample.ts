/** The way in which a pixel is weighed by its distance from the place that is asked for. */
export type Interpolation = "bilinear" | "bicubic";

/** An image of red, green and blue. */
export interface ColourImage {
  readonly width: number;
  readonly height: number;
  /** The image, as bytes `[height, width, 3]`. */
  readonly pixels: Uint8Array;
}

/** The part of an axis that is kept after the resize. */
export interface Window {
  /** The length of the axis after the resize. */
  readonly length: number;
  readonly first: number;
  readonly count: number;
}

const channels = 3;
/**
 * The bits of a weight, which is a whole multiple of 2^-22: 8 bits of a value and the sign
 * leave as much of 32 bits.
 */
const weightBits = 22;
/** The summand that makes the shift round half up. */
const half = 1 << (weightBits - 1);

interface Kernel {
  /** The distance, in source pixels at equal scale, from which on the weight is 0. */
  readonly support: number;
  readonly weight: (distance: number) => number;
}

const kernels: Readonly<Record<Interpolation, Kernel>> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: (x) => keys(Math.abs(x)) },
};

/**
 * The kernel of Keys 1981, with a = -0.5 (Catmull-Rom) as in PIL; OpenCV and PyTorch have
 * -0.75.
 */
function keys(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

/**
 * Resizes an image and keeps a window of the result, with the arithmetic of PIL's
 * `Image.resize`: kernels widened by the ratio if the image shrinks, whole-number
 * weights, rows before columns, bytes in between. So the bytes are PIL's, on every
 * machine. libvips (sharp's own resize), with kernels of the same names, is off by
 * 0.2 grey levels on average and 5 at most if the image shrinks, and by 4 and 29 if it
 * grows, over the images in `golden/`.
 *
 * @returns The window, as bytes `[down.count, across.count, 3]`.
 */
export function resample(
  image: ColourImage,
  interpolation: Interpolation,
  across: Window,
  down: Window,
): Uint8Array {
  const { width, height } = image;
  const kernel = kernels[interpolation];
  const rowsRead =
    reachOf(height, down, kernel, down.count - 1).end - reachOf(height, down, kernel, 0).first;
  if (rowsRead * across.count * channels > mostBytes) {
    throw new Error(`it has ${width} x ${height} pixels, too thin to resize`);
  }
  const columns = tapsOf(width, across, kernel);
  const rows = tapsOf(height, down, kernel);
  return resampleDown(resampleAcross(image, columns, rows), columns.length, rows);
}

/** The most bytes between the two passes, which only an image as thin as a thread would exceed. */
const mostBytes = 2 ** 30;

/** The source pixels that make up one output, and their weights. */
interface Taps {
  readonly first: number;
  readonly weights: Int32Array;
}

/** The source pixels in reach of one output, up to `end`, and the place that it stands at. */
function reachOf(sourceLength: number, window: Window, kernel: Kernel, index: number) {
  const scale = sourceLength / window.length;
  const reach = kernel.support * Math.max(1, scale);
  const centre = (window.first + index + 0.5) * scale;
  const first = Math.max(0, Math.trunc(centre - reach + 0.5));
  const end = Math.min(sourceLength, Math.trunc(centre + reach + 0.5));
  return { centre, first, end };
}

function tapsOf(sourceLength: number, window: Window, kernel: Kernel): Taps[] {
  const widening = Math.max(1, sourceLength / window.length);
  return Array.from({ length: window.count }, (_, index) => {
    const { centre, first, end } = reachOf(sourceLength, window, kernel, index);
    const shares = Array.from({ length: end - first }, (__, tap) =>
      kernel.weight((first + tap - centre + 0.5) / widening),
    );
    const sum = shares.reduce((total, share) => total + share, 0);
    return { first, weights: Int32Array.from(shares, (share) => fixedPoint(share / sum)) };
  });
}

/** A weight as a whole number of 2^-22, rounded half away from zero. */
function fixedPoint(weight: number): number {
  return Math.trunc(weight * 2 ** weightBits + (weight < 0 ? -0.5 : 0.5));
}

/**
 * Resamples those rows of an image of which the second pass makes anything. A long image that is
 * cropped in its middle has many more.
 *
 * @returns The rows, from the first tap of `rows` on.
 */
function resampleAcross(
  { width, pixels }: ColourImage,
  columns: readonly Taps[],
  rows: readonly Taps[],
): Uint8Array {
  const [start, end] = [rows[0]!.first, rows.at(-1)!.first + rows.at(-1)!.weights.length];
  const length = (end - start) * columns.length * channels;
  const result = new Uint8ClampedArray(length);
  let target = 0;
  for (let y = start; y < end; y++) {
    for (const { first, weights } of columns) {
      let source = (y * width + first) * channels;
      let red = half;
      let green = half;
      let blue = half;
      // The loop runs by index, since it takes most of the time.
      for (let tap = 0; tap < weights.length; tap++, source += channels) {
        const weight = weights[tap]!;
        red = (red + Math.imul(pixels[source]!, weight)) | 0;
        green = (green + Math.imul(pixels[source + 1]!, weight)) | 0;
        blue = (blue + Math.imul(pixels[source + 2]!, weight)) | 0;
      }
      result[target++] = red >> weightBits;
      result[target++] = green >> weightBits;
      result[target++] = blue >> weightBits;
    }
  }
  return new Uint8Array(result.buffer);
}

function resampleDown(pixels: Uint8Array, width: number, rows: readonly Taps[]): Uint8Array {
  const start = rows[0]!.first;
  const stride = width * channels;
  const result = new Uint8ClampedArray(rows.length * stride);
  const sums = new Int32Array(stride);
  for (const [y, { first, weights }] of rows.entries()) {
    sums.fill(half);
    for (const [tap, weight] of weights.entries()) {
      const source = (first - start + tap) * stride;
      for (let i = 0; i < stride; i++) sums[i]! += Math.imul(pixels[source + i]!, weight);
    }
    for (let i = 0; i < stride; i++) result[y * stride + i] = sums[i]! >> weightBits;
  }
  return new Uint8Array(result.buffer);
}
