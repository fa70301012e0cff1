import { fileURLToPath } from "node:url";
import { InputError } from "@sebench/spec";
import {
  describeFashionMnist,
  fashionMnistNormalisation,
  fashionMnistSide,
  isFashionMnistSize,
  padFashionMnist,
} from "./fashion-mnist-image.ts";
import type { ImageSource } from "./image-source.ts";
import { readIdx } from "./idx.ts";

const area = fashionMnistSide ** 2;
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
  normalisation: fashionMnistNormalisation,

  checkSize(size) {
    if (isFashionMnistSize(size)) return;
    throw new InputError(`fashion-mnist has images of 28 or 32 pixels, not ${size}`, {
      remedy: "Use --size 28 or --size 32, or the photographs.",
    });
  },

  async read(size, count) {
    const { data } = await readIdx(images, 3);
    const grey = Array.from({ length: count }, (_, image) =>
      padFashionMnist(data.subarray(image * area, (image + 1) * area), size),
    );
    return {
      pixels: grey,
      labels: Int32Array.from((await readIdx(labels, 1)).data.subarray(0, count)),
    };
  },

  describe(size) {
    return `the first test images of Fashion-MNIST, ${describeFashionMnist(size)}`;
  },
};
