import { stat } from "node:fs/promises";
import { InputError } from "@sebench/spec";
import { openFashionMnist, hasSplit, type Split } from "./fashion-mnist/fashion-mnist-folder.ts";
import { openImageFiles } from "./image-files/image-files-dataset.ts";
import { listClassFolders } from "./image-files/class-folders.ts";
import { type ClassOrder, saidOrder } from "./image-files/class-order.ts";
import { readLabelFile } from "./image-files/labelled-files.ts";
import type { Dataset } from "./image/dataset.ts";
import type { PreprocessingChoice } from "./image/preprocessing.ts";

export interface DatasetRequest {
  /**
   * The folder, with Fashion-MNIST's idx files, a folder for each class, or images that
   * `labels` names.
   */
  readonly directory: string;
  /** The path of a file of labels, CSV or JSON, for images whose folders do not say the class. */
  readonly labels?: string;
  /** The split of Fashion-MNIST, `test` by default; no other images have one. */
  readonly split?: Split;
  /** The side of the network's images, in pixels. */
  readonly size: number;
  /**
   * The preprocessing of image files that is asked for, or null for the usual one; idx files have
   * their own.
   */
  readonly preprocessing: PreprocessingChoice | null;
  /**
   * The preprocessing of image files that the network's weights are known by, `torchvision` by
   * default, or null where it has to be asked for.
   */
  readonly usual?: PreprocessingChoice | null;
  /**
   * The library whose order of class names the network learned, which has to be said where
   * torchvision's and timm's differ and neither the preprocessing nor `classes.txt` says it.
   */
  readonly classOrder?: ClassOrder;
  /** The number of the network's logits; if it is left out, labels are not checked against it. */
  readonly classes?: number;
}

/**
 * Opens the labelled images of a folder.
 *
 * @throws InputError if the folder holds no labelled images that suit the request
 */
export async function openDataset(request: DatasetRequest): Promise<Dataset> {
  const {
    directory,
    labels,
    split,
    size,
    preprocessing,
    usual = "torchvision",
    classOrder,
    classes,
  } = request;
  if (!Number.isInteger(size) || size < 1) {
    throw new InputError(`the image size must be a whole number from 1 on, not ${size}`);
  }
  await checkDirectory(directory);
  if (hasSplit(directory, "test") || hasSplit(directory, "train")) {
    refuse(`the idx files of ${directory}`, "--labels", labels);
    refusePreprocessing(directory, preprocessing);
    refuse(`the idx files of ${directory}`, "--class-order", classOrder);
    return openFashionMnist(directory, split ?? "test", size, classes);
  }
  refuse(`the image files of ${directory}`, "--split", split);
  const chosen = preprocessing ?? usual;
  if (chosen === null) throw unknownPreprocessing(directory, size);
  const said = saidOrder(classOrder, typeof preprocessing === "string" ? preprocessing : null);
  const indexed =
    labels === undefined
      ? await listClassFolders(directory, said)
      : await readLabelFile(labels, directory, said);
  return openImageFiles(directory, indexed, chosen, size, classes);
}

/** Throws if another preprocessing than their own is asked for with idx files. */
function refusePreprocessing(directory: string, asked: PreprocessingChoice | null): void {
  if (asked === "fashion-mnist") return;
  const what = `the idx files of ${directory}`;
  if (asked === null || typeof asked === "string") refuse(what, "--preprocessing", asked);
  else {
    throw new InputError(`${what} have a preprocessing of their own`, {
      remedy: "Leave out --mean, --std, --resize and --interpolation.",
    });
  }
}

function unknownPreprocessing(directory: string, size: number): InputError {
  return new InputError(
    `nothing says how the image files of ${directory} are made ready for these weights, which are ` +
      `for ${size} x ${size} pixels`,
    {
      remedy:
        "Say how the weights were evaluated: --preprocessing cifar10, cifar100, fashion-mnist or " +
        "torchvision, or your own by --mean R,G,B --std R,G,B --resize none.",
    },
  );
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
