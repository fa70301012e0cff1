import { InputError, type Tensor } from "@sebench/spec";
import { fashionMnist } from "./fashion-mnist.ts";
import type { ImageSource } from "./image-source.ts";
import { normaliseInto } from "./normalise.ts";
import { photographs } from "./photographs.ts";

export type DatasetName = "fashion-mnist" | "photographs";

const sources: Readonly<Record<DatasetName, ImageSource>> = {
  "fashion-mnist": fashionMnist,
  photographs,
};

export interface LabelledImages {
  readonly dataset: DatasetName;
  /** `[count, 3, size, size]`, normalised. */
  readonly images: Tensor;
  /** The class of each image; null where the images have none. */
  readonly labels: Int32Array | null;
  /** In words, for the report. */
  readonly preprocessing: string;
}

/** How many images of the dataset ship with the repository. */
export function countImages(dataset: DatasetName): number {
  return sources[dataset].count;
}

/**
 * The first images of a dataset, the same on every machine to the last bit.
 *
 * @param request.size Side in pixels: 28 or 32 for Fashion-MNIST, up to 320 for photographs.
 * @throws InputError Where the dataset does not have the size or the count.
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
