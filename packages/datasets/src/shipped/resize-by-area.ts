/**
 * Resizes a square image by area: each output pixel is the mean of the source area that it covers,
 * rounded half up, which is less than a pixel where the image grows. All sums are integers, so the
 * result is the same on every machine.
 *
 * @param pixels The image, as bytes `[side, side, channels]`.
 * @param size The side of the result.
 */
export function resizeByArea(
  pixels: Uint8Array,
  side: number,
  channels: number,
  size: number,
): Uint8Array {
  if (size === side) return pixels;
  const spans = coverage(side, size);
  const rows = new Int32Array(side * size * channels);
  for (let y = 0; y < side; y++) {
    for (const { output, source, weight } of spans) {
      for (let c = 0; c < channels; c++) {
        rows[(y * size + output) * channels + c]! +=
          weight * pixels[(y * side + source) * channels + c]!;
      }
    }
  }
  const sums = new Int32Array(size * size * channels);
  const rowLength = size * channels;
  for (const { output, source, weight } of spans) {
    for (let i = 0; i < rowLength; i++) {
      sums[output * rowLength + i]! += weight * rows[source * rowLength + i]!;
    }
  }
  const area = side * side;
  return Uint8Array.from(sums, (sum) => Math.floor((2 * sum + area) / (2 * area)));
}

/** The part of a source pixel that falls into an output pixel, along one axis. */
interface Span {
  readonly output: number;
  readonly source: number;
  /** The length of the part, in `1 / size` source pixels. */
  readonly weight: number;
}

/**
 * The spans along one axis of `side * size` units, of which a source pixel takes `size`
 * and an output pixel `side`.
 */
function coverage(side: number, size: number): Span[] {
  const spans: Span[] = [];
  for (let output = 0; output < size; output++) {
    const start = output * side;
    const end = start + side;
    for (let source = Math.floor(start / size); source * size < end; source++) {
      const weight = Math.min(end, (source + 1) * size) - Math.max(start, source * size);
      spans.push({ output, source, weight });
    }
  }
  return spans;
}
