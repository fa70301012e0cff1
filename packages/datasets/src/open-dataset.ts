import { stat } from "node:fs/promises";
import { InputError } from "@sebench/spec";
import { listClassFolders } from "./class-folders.ts";
import type { Dataset } from "./dataset.ts";
import { openFashionMnist } from "./fashion-mnist-dataset.ts";
import { hasSplit, type Split } from "./fashion-mnist-folder.ts";
import { openImageFiles } from "./image-files-dataset.ts";
import { readLabelFile } from "./label-file.ts";
import type { PreprocessingName } from "./preprocessing.ts";

export interface DatasetRequest {
  /** Fashion-MNIST's idx files, a folder for each class, or images that `labels` names. */
  readonly directory: string;
  /** A file of labels, CSV or JSON, for images whose folders do not say the class. */
  readonly labels?: string;
  /** Of Fashion-MNIST only; default `test`. */
  readonly split?: Split;
  /** Side of the network's images, in pixels. */
  readonly size: number;
  /** Of image files only, where null is `torchvision`; Fashion-MNIST has its own. */
  readonly preprocessing: PreprocessingName | null;
  /** How many logits the network has; left out, labels are not checked against it. */
  readonly classes?: number;
}

/** @throws InputError Where the folder holds no labelled images that suit the request. */
export async function openDataset(request: DatasetRequest): Promise<Dataset> {
  const { directory, labels, split, size, preprocessing, classes } = request;
  if (!Number.isInteger(size) || size < 1) {
    throw new InputError(`the image size must be a whole number from 1 on, not ${size}`);
  }
  await checkDirectory(directory);
  if (hasSplit(directory, "test") || hasSplit(directory, "train")) {
    refuse(`the idx files of ${directory}`, "--labels", labels);
    refuse(`the idx files of ${directory}`, "--preprocessing", preprocessing);
    return openFashionMnist(directory, split ?? "test", size, classes);
  }
  refuse(`the image files of ${directory}`, "--split", split);
  const indexed =
    labels === undefined
      ? await listClassFolders(directory)
      : await readLabelFile(labels, directory);
  return openImageFiles(directory, indexed, preprocessing ?? "torchvision", size, classes);
}

async function checkDirectory(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => null);
  if (found?.isDirectory()) return;
  const what = found === null ? "is not there" : "is no folder";
  throw new InputError(`${directory} ${what}`, {
    remedy: "Give the folder of the images with --data DIR.",
  });
}

function refuse(what: string, flag: string, value: string | null | undefined): void {
  if (value === undefined || value === null) return;
  throw new InputError(`${flag} ${value} does not apply to ${what}`, {
    remedy: `Leave out ${flag}.`,
  });
}
