import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { InputError, type Tensor } from "@sebench/spec";
import { fashionMnistClasses } from "../fashion-mnist/fashion-mnist-folder.ts";
import {
  describeFashionMnist,
  fashionMnistNormalisation,
  fashionMnistSide,
  isFashionMnistSize,
  padFashionMnist,
} from "../fashion-mnist/fashion-mnist-image.ts";
import { checkRange, type Dataset } from "../image/dataset.ts";
import { readIdx } from "../image/idx.ts";
import { normaliseInto } from "../image/normalise.ts";
import type { ImageSource } from "./image-source.ts";
import { photographs } from "./photographs.ts";

const area = fashionMnistSide ** 2;
const fashionMnistCount = 1000;

const imageFile = fileURLToPath(
  new URL("../../data/fashion-mnist/t10k-first1000-images-idx3-ubyte.gz", import.meta.url),
);
const labelFile = fileURLToPath(
  new URL("../../data/fashion-mnist/t10k-first1000-labels-idx1-ubyte.gz", import.meta.url),
);

/** The first 1,000 test images of Fashion-MNIST, which are grey, 28 x 28, of ten classes. */
const fashionMnist: ImageSource = {
  count: fashionMnistCount,
  normalisation: fashionMnistNormalisation,

  checkSize(size) {
    if (isFashionMnistSize(size)) return;
    throw new InputError(`fashion-mnist has images of 28 or 32 pixels, not ${size}`, {
      remedy: "Use --size 28 or --size 32, or the photographs.",
    });
  },

  async read(size, count) {
    const { data } = await readIdx(imageFile, 3);
    const grey = Array.from({ length: count }, (_, image) =>
      padFashionMnist(data.subarray(image * area, (image + 1) * area), size),
    );
    return {
      pixels: grey,
      labels: Int32Array.from((await readIdx(labelFile, 1)).data.subarray(0, count)),
    };
  },

  describe(size) {
    return `the first test images of Fashion-MNIST, ${describeFashionMnist(size)}`;
  },
};

export type DatasetName = "fashion-mnist" | "photographs";

const sources: Readonly<Record<DatasetName, ImageSource>> = {
  "fashion-mnist": fashionMnist,
  photographs,
};

export interface LabelledImages {
  readonly dataset: DatasetName;
  /** The normalised images, `[count, 3, size, size]`. */
  readonly images: Tensor;
  /** The class of each image, or null if the images have none. */
  readonly labels: Int32Array | null;
  /** The preprocessing of the images, in words, for the report. */
  readonly preprocessing: string;
}

/** The number of the dataset's images that ship with the repository. */
export function countImages(dataset: DatasetName): number {
  return sources[dataset].count;
}

/**
 * Loads the first images of a dataset, which are the same on every machine to the last bit.
 *
 * @param request.size The side in pixels: 28 or 32 for Fashion-MNIST, up to 640 for photographs.
 * @throws InputError if the dataset does not have the size or the count
 */
export async function loadImages(request: {
  readonly dataset: DatasetName;
  readonly size: number;
  readonly count: number;
}): Promise<LabelledImages> {
  const { dataset, size, count } = request;
  const source = sources[dataset];
  requirePositive("image size", size);
  requirePositive("image count", count);
  source.checkSize(size);
  if (count > source.count) {
    throw new InputError(`${dataset} has ${source.count} images, not ${count}`, {
      remedy: `Ask for ${source.count} images or fewer.`,
    });
  }

  const { pixels, labels } = await source.read(size, count);
  const length = 3 * size * size;
  const data = new Float32Array(count * length);
  for (const [image, bytes] of pixels.entries()) {
    const target = data.subarray(image * length, (image + 1) * length);
    normaliseInto(target, bytes, source.normalisation);
  }
  return {
    dataset,
    images: { shape: [count, 3, size, size], data },
    labels,
    preprocessing: source.describe(size, count),
  };
}

function requirePositive(what: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new InputError(`the ${what} must be a whole number from 1 on, not ${value}`);
}

/**
 * Opens the 1,000 test images of Fashion-MNIST that ship with the repository.
 *
 * @param size The side in pixels: 28 or 32.
 */
export async function openShipped(size: number): Promise<Dataset> {
  const count = fashionMnistCount;
  const { images, labels, preprocessing } = await loadImages({
    dataset: "fashion-mnist",
    size,
    count,
  });
  const length = images.data.length / count;
  return {
    name: "fashion-mnist, the first 1,000 test images",
    count,
    classes: fashionMnistClasses,
    preprocessing,
    identity: async () => createHash("sha256").update(images.data).update(labels!).digest("hex"),
    read: async (first, wanted) => {
      checkRange(first, wanted, count);
      const data = images.data.slice(first * length, (first + wanted) * length);
      return {
        images: { shape: [wanted, ...images.shape.slice(1)], data },
        labels: labels!.slice(first, first + wanted),
        broken: [],
        hashes: [],
      };
    },
  };
}
