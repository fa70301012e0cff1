import type { Dataset } from "@sebench/datasets";
import { readRunInputs, type Supply } from "@sebench/jobs";
import { readFile } from "node:fs/promises";
import {
  buildModel,
  type ImageRange,
  imagesOf,
  importedFile,
  openImages,
  placedFile,
} from "@sebench/pairs";

/** A supply that builds and reads what a job needs in this process. A dataset is opened once. */
export function localSupply(): Supply {
  const datasets = new Map<string, Promise<Dataset>>();
  const opened = ({ request, size }: ImageRange): Promise<Dataset> => {
    const key = JSON.stringify({ request, size });
    const dataset = datasets.get(key) ?? openImages({ request, size });
    datasets.set(key, dataset);
    return dataset;
  };
  return {
    model: buildModel,
    images: (images, imageSize) => imagesOf({ images, imageSize }),
    labelled: async (range) => (await opened(range)).read(range.first, range.count),
    file: placedFile,
    imported: async (file) => importedFile(file),
    inputs: async (path) => readRunInputs(await readFile(path)),
  };
}
