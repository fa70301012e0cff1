import { countImages, type DatasetName } from "@sebench/datasets";

/** The images whose activations int8 takes its scales from: the first of a data set. */
export interface QuantisationImages {
  readonly dataset: DatasetName;
  readonly count: number;
}

/** onnxruntime's documentation asks for a few hundred at most; the photographs are fifty views. */
const most = 256;

export function quantisationImages(dataset: DatasetName): QuantisationImages {
  return { dataset, count: Math.min(most, countImages(dataset)) };
}
