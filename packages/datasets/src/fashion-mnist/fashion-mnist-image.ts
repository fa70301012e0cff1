import type { Normalisation } from "../image/normalise.ts";

/** The side of a published image, in pixels. */
export const fashionMnistSide = 28;
const paddedSide = 32;

/** The normalisation by the mean and the deviation over the 60,000 training images. */
export const fashionMnistNormalisation: Normalisation = {
  mean: [0.286, 0.286, 0.286],
  deviation: [0.353, 0.353, 0.353],
};

/** Whether an image can be had at this side, as it is or padded. */
export function isFashionMnistSize(size: number): boolean {
  return size === fashionMnistSide || size === paddedSide;
}

/**
 * Puts the image into the middle of a black one.
 *
 * @param pixels The image, as bytes `[28, 28]`.
 * @returns The padded image, as bytes `[size, size]`.
 */
export function padFashionMnist(pixels: Uint8Array, size: number): Uint8Array {
  const side = fashionMnistSide;
  const margin = (size - side) / 2;
  const result = new Uint8Array(size * size);
  for (let y = 0; y < side; y++) {
    result.set(pixels.subarray(y * side, (y + 1) * side), (y + margin) * size + margin);
  }
  return result;
}

/** The preprocessing of an image, in words. */
export function describeFashionMnist(size: number): string {
  const padding =
    size === fashionMnistSide ? "as they are" : "padded with 2 pixels of black on each side";
  return (
    `28 x 28, ${padding}, grey replicated to ` +
    "3 channels, values in 0..1 less the mean 0.2860, by the standard deviation 0.3530"
  );
}
