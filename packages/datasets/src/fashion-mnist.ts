import { fileURLToPath } from "node:url";
import { InputError } from "@sebench/spec";
import type { ImageSource } from "./image-source.ts";
import { readIdx } from "./idx.ts";

const side = 28;
const paddedSide = 32;
const shipped = 1000;

const images = fileURLToPath(
  new URL("../data/fashion-mnist/t10k-first1000-images-idx3-ubyte.gz", import.meta.url),
);
const labels = fileURLToPath(
  new URL("../data/fashion-mnist/t10k-first1000-labels-idx1-ubyte.gz", import.meta.url),
);

/** The first 1,000 test images of Fashion-MNIST: grey, 28 x 28, ten classes of 0..9. */
export const fashionMnist: ImageSource = {
  count: shipped,
  // Over the 60,000 training images.
  normalisation: {
    mean: [0.286, 0.286, 0.286],
    deviation: [0.353, 0.353, 0.353],
  },

  checkSize(size) {
    if (size === side || size === paddedSide) return;
    throw new InputError(`fashion-mnist has images of 28 or 32 pixels, not ${size}`, {
      remedy: "Use --size 28 or --size 32, or the photographs.",
    });
  },

  async read(size, count) {
    const { data } = await readIdx(images, 3);
    const grey = Array.from({ length: count }, (_, image) =>
      padded(data.subarray(image * side * side, (image + 1) * side * side), size),
    );
    return {
      pixels: grey,
      labels: Int32Array.from((await readIdx(labels, 1)).data.subarray(0, count)),
    };
  },

  describe(size) {
    const padding = size === side ? "as they are" : "padded with 2 pixels of black on each side";
    return (
      `the first test images of Fashion-MNIST, 28 x 28, ${padding}, grey replicated to ` +
      "3 channels, values in 0..1 less the mean 0.2860, by the standard deviation 0.3530"
    );
  },
};

/** Puts the image into the middle of a black one. */
function padded(pixels: Uint8Array, size: number): Uint8Array {
  const margin = (size - side) / 2;
  const result = new Uint8Array(size * size);
  for (let y = 0; y < side; y++) {
    result.set(pixels.subarray(y * side, (y + 1) * side), (y + margin) * size + margin);
  }
  return result;
}
