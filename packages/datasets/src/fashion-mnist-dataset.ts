import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { InputError } from "@sebench/spec";
import { checkClasses, checkRange, type Dataset } from "./dataset.ts";
import {
  type FashionMnist,
  fashionMnistClasses,
  readFashionMnist,
  type Split,
} from "./fashion-mnist-folder.ts";
import {
  describeFashionMnist,
  fashionMnistNormalisation,
  fashionMnistSide,
  isFashionMnistSize,
  padFashionMnist,
} from "./fashion-mnist-image.ts";
import { normaliseInto } from "./normalise.ts";

/**
 * SHA-256 of the published labels. MNIST and others come in files of the same
 * names and format, and their classes are others.
 */
const publishedLabels: Readonly<Record<Split, string>> = {
  train: "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
  test: "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
};

/**
 * Opens a split of Fashion-MNIST, which it keeps in memory (47 MB for `train`).
 *
 * @param size 28, or 32 for images padded with black.
 * @param logits How many classes the network has.
 */
export async function openFashionMnist(
  directory: string,
  split: Split,
  size: number,
  logits: number | undefined,
): Promise<Dataset> {
  if (!isFashionMnistSize(size)) {
    throw new InputError(`Fashion-MNIST has images of 28 or 32 pixels, not ${size}`, {
      remedy: "Use a network for small images (resnet20) with --size 28 or 32, or other images.",
    });
  }
  const content = await readFashionMnist(directory, split);
  const published = sha256(content.labels) === publishedLabels[split];
  const name = published ? `fashion-mnist ${split}` : `${basename(resolve(directory))} ${split}`;
  if (logits !== undefined) {
    const remedy = "Use a network of ten classes, or weights that were trained on these images.";
    checkClasses(name, fashionMnistClasses.length, logits, remedy);
  }
  return {
    name,
    count: content.count,
    classes: published ? fashionMnistClasses : null,
    preprocessing: describeFashionMnist(size),
    identity: sha256(content.pixels, content.labels),
    read: async (first, count) => {
      checkRange(first, count, content.count);
      return {
        images: { shape: [count, 3, size, size], data: imagesOf(content, first, count, size) },
        labels: Int32Array.from(content.labels.subarray(first, first + count)),
        broken: [],
      };
    },
  };
}

function imagesOf(
  { pixels }: FashionMnist,
  first: number,
  count: number,
  size: number,
): Float32Array {
  const area = fashionMnistSide ** 2;
  const length = 3 * size * size;
  const data = new Float32Array(count * length);
  for (let index = 0; index < count; index++) {
    const start = (first + index) * area;
    const image = padFashionMnist(pixels.subarray(start, start + area), size);
    const target = data.subarray(index * length, (index + 1) * length);
    normaliseInto(target, image, fashionMnistNormalisation);
  }
  return data;
}

function sha256(...parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
