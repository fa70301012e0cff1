import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { fashionMnistSide as side } from "./fashion-mnist-image.ts";
import { readIdx } from "./idx.ts";

/** `train` has 60,000 images, `test` 10,000. */
export type Split = "train" | "test";

/** Fashion-MNIST as its files have it, before any preprocessing. */
export interface FashionMnist {
  readonly count: number;
  /** Grey bytes `[count, 28, 28]`. */
  readonly pixels: Uint8Array;
  /** `[count]`, 0..9. */
  readonly labels: Uint8Array;
}

/** In label order, as the dataset's README names them. */
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

/** Where Debian's and Ubuntu's package `dataset-fashion-mnist` puts the files. */
const packaged = "/usr/share/datasets/fashion-mnist";

const prefixes: Readonly<Record<Split, string>> = { train: "train", test: "t10k" };

/**
 * The folder that has Fashion-MNIST's files.
 *
 * @param directory The folder that the user named; null looks where Debian's package puts it.
 * @throws InputError Where no split of it is there.
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
 * @throws InputError Where a file is missing or damaged, the images are not
 * 28 x 28, a label is past 9, or the two files differ in their counts.
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
  return [`${path}.gz`, path].find((candidate) => existsSync(candidate)) ?? null;
}

function filePath(folder: string, split: Split, part: Part): string {
  const path = find(folder, split, part);
  if (path !== null) return path;
  throw new InputError(`${folder} has no file ${prefixes[split]}-${part}-ubyte[.gz]`, {
    remedy: "Give the folder of Fashion-MNIST's four files with --data DIR.",
  });
}
