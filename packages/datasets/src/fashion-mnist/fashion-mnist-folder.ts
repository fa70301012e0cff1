import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join, basename, resolve } from "node:path";
import { InputError } from "@sebench/spec";
import { checkClasses, checkRange, type Dataset } from "../image/dataset.ts";
import { readIdx } from "../image/idx.ts";
import { normaliseInto } from "../image/normalise.ts";
import {
  fashionMnistSide as side,
  describeFashionMnist,
  fashionMnistNormalisation,
  fashionMnistSide,
  isFashionMnistSize,
  padFashionMnist,
} from "./fashion-mnist-image.ts";

/** A part of Fashion-MNIST: `train` has 60,000 images, `test` 10,000. */
export type Split = "train" | "test";

/** A split of Fashion-MNIST as its files have it, before any preprocessing. */
export interface FashionMnist {
  readonly count: number;
  /** The images, as grey bytes `[count, 28, 28]`. */
  readonly pixels: Uint8Array;
  /** The labels of the images, `[count]`, in 0..9. */
  readonly labels: Uint8Array;
}

/** The classes in label order, as the dataset's README names them. */
export const fashionMnistClasses: readonly string[] = [
  "T-shirt/top",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
];

/** The folder in which Debian's and Ubuntu's package `dataset-fashion-mnist` puts the files. */
const packaged = "/usr/share/datasets/fashion-mnist";

const prefixes: Readonly<Record<Split, string>> = { train: "train", test: "t10k" };

/**
 * The folder that has Fashion-MNIST's files.
 *
 * @param directory The folder that the user named, or null for that of Debian's package.
 * @throws InputError if no split is there
 */
export function findFashionMnist(directory: string | null): string {
  const folder = directory ?? packaged;
  if (hasSplit(folder, "train") || hasSplit(folder, "test")) return folder;
  throw new InputError(`Fashion-MNIST is not in ${folder}`, {
    remedy:
      "Run apt-get install dataset-fashion-mnist (Debian, Ubuntu), or give the folder of " +
      "train-images-idx3-ubyte.gz and the other three files with --data DIR.",
  });
}

/** Whether the folder has both files of a split, gzipped or not. */
export function hasSplit(folder: string, split: Split): boolean {
  return find(folder, split, "images-idx3") !== null && find(folder, split, "labels-idx1") !== null;
}

/**
 * Reads a split of Fashion-MNIST, or of a set in its format, from idx files with
 * the published names (`train-images-idx3-ubyte`, `t10k-...`), gzipped or not.
 *
 * @throws InputError if a file is missing or damaged, the images are not 28 x 28, a
 *   label is past 9, or the two files differ in their counts
 */
export async function readFashionMnist(directory: string, split: Split): Promise<FashionMnist> {
  const images = await readIdx(filePath(directory, split, "images-idx3"), 3);
  const labels = await readIdx(filePath(directory, split, "labels-idx1"), 1);
  const [count = 0, height, width] = images.shape;
  const fail = (what: string): InputError =>
    new InputError(`${directory} does not hold Fashion-MNIST's ${split} images: ${what}`, {
      remedy: "Give the folder of the four files as they were published.",
    });
  if (height !== side || width !== side) {
    throw fail(`they have ${height} x ${width} pixels, not ${side} x ${side}`);
  }
  if (labels.data.length !== count) {
    throw fail(`there are ${count} images and ${labels.data.length} labels`);
  }
  const wrong = labels.data.findIndex((label) => label >= fashionMnistClasses.length);
  if (wrong >= 0) throw fail(`image ${wrong} has the label ${labels.data[wrong]}, past 9`);
  return { count, pixels: images.data, labels: labels.data };
}

type Part = "images-idx3" | "labels-idx1";

function find(folder: string, split: Split, part: Part): string | null {
  const path = join(folder, `${prefixes[split]}-${part}-ubyte`);
  // A FIFO of that name would be waited for without end.
  const isThere = (each: string) => statSync(each, { throwIfNoEntry: false })?.isFile() === true;
  return [`${path}.gz`, path].find(isThere) ?? null;
}

function filePath(folder: string, split: Split, part: Part): string {
  const path = find(folder, split, part);
  if (path !== null) return path;
  throw new InputError(`${folder} has no file ${prefixes[split]}-${part}-ubyte[.gz]`, {
    remedy: "Give the folder of Fashion-MNIST's four files with --data DIR.",
  });
}

/**
 * The SHA-256 of the published labels, since MNIST and other sets come in files of the
 * same names and format, and have other classes.
 */
const publishedLabels: Readonly<Record<Split, string>> = {
  train: "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
  test: "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
};

/**
 * Opens a split of Fashion-MNIST, which stays in memory (47 MB for `train`).
 *
 * @param size The side of an image: 28, or 32 for images padded with black.
 * @param logits The number of the network's classes.
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
    identity: async () => sha256(content.pixels, content.labels),
    read: async (first, count) => {
      checkRange(first, count, content.count);
      return {
        images: { shape: [count, 3, size, size], data: imagesOf(content, first, count, size) },
        labels: Int32Array.from(content.labels.subarray(first, first + count)),
        broken: [],
        hashes: [],
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
