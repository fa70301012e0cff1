/** The mean and the standard deviation of red, green and blue, for values in 0..1. */
export interface Normalisation {
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
}

/**
 * Writes `(value / 255 - mean) / deviation` for one image into its place in an
 * NCHW batch. Grey is replicated to the three channels.
 *
 * @param target The place of the image's values, `[3, height, width]`.
 * @param pixels The image, as bytes `[height, width, 3]`, or `[height, width]` for grey.
 */
export function normaliseInto(
  target: Float32Array,
  pixels: Uint8Array,
  { mean, deviation }: Normalisation,
): void {
  const plane = target.length / 3;
  const step = pixels.length / plane;
  for (let channel = 0; channel < 3; channel++) {
    const first = step === 1 ? 0 : channel;
    for (let i = 0; i < plane; i++) {
      const value = pixels[i * step + first]! / 255;
      target[channel * plane + i] = (value - mean[channel]!) / deviation[channel]!;
    }
  }
}
