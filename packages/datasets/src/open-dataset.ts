import { stat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { openFashionMnist, hasSplit, type Split } from "./fashion-mnist/fashion-mnist-folder.ts";
import { openImageFiles } from "./image-files/image-files-dataset.ts";
import {
  readLabelFile,
  type IndexedFiles,
  isImageFile,
  type LabelledFile,
  placesOf,
  readClassNames,
} from "./image-files/labelled-files.ts";
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
  /** The number of the network's logits; if it is left out, labels are not checked against it. */
  readonly classes?: number;
}

/**
 * Opens the labelled images of a folder.
 *
 * @throws InputError if the folder holds no labelled images that suit the request
 */
export async function openDataset(request: DatasetRequest): Promise<Dataset> {
  const { directory, labels, split, size, preprocessing, usual = "torchvision", classes } = request;
  if (!Number.isInteger(size) || size < 1) {
    throw new InputError(`the image size must be a whole number from 1 on, not ${size}`);
  }
  await checkDirectory(directory);
  if (hasSplit(directory, "test") || hasSplit(directory, "train")) {
    refuse(`the idx files of ${directory}`, "--labels", labels);
    refusePreprocessing(directory, preprocessing);
    return openFashionMnist(directory, split ?? "test", size, classes);
  }
  refuse(`the image files of ${directory}`, "--split", split);
  const chosen = preprocessing ?? usual;
  if (chosen === null) throw unknownPreprocessing(directory, size);
  const indexed =
    labels === undefined
      ? await listClassFolders(directory)
      : await readLabelFile(labels, directory);
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

/**
 * Lists the images of `directory/class/*.jpg` and so on. The classes are the names of
 * the folders in sorted order, as torchvision's `ImageFolder` numbers them, or those of
 * `classes.txt` in its order. A class without images keeps its number. The first image
 * of each class comes first, then the second of each, so that the first few hundred
 * show all classes.
 *
 * @throws InputError if there are no class folders, or no images in them
 */
export async function listClassFolders(directory: string): Promise<IndexedFiles> {
  const folders = await listFolders(directory);
  const byClass = await Promise.all(folders.map((folder) => listImages(directory, folder)));
  const files = byClass
    .flatMap((images) => images.map((file, place) => ({ ...file, place })))
    .toSorted((one, other) => one.place - other.place);
  if (files.length === 0) throw noImages(directory, folders);
  const classes = (await readClassNames(directory)) ?? unambiguous(folders, directory);
  return { files: files.map(({ file }) => file), labels: placesOf(files, classes), classes };
}

async function listFolders(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).filter(isVisible).toSorted();
  const found = await Promise.all(
    names.map((name) => stat(join(directory, name)).catch(() => null)),
  );
  return names.filter((_, index) => found[index]?.isDirectory());
}

function isVisible(name: string): boolean {
  return !name.startsWith(".");
}

async function listImages(directory: string, folder: string): Promise<LabelledFile[]> {
  const names = await readdir(join(directory, folder));
  return names
    .filter((name) => isImageFile(name) && isVisible(name))
    .toSorted()
    .map((name) => ({ file: `${folder}/${name}`, label: folder }));
}

/**
 * Throws if it is open in which order the folders are the network's classes: folders
 * named 0, 1, 2, ..., 10 are class indices in ImageNet-V2, and torchvision would number
 * them 0, 1, 10, 2. Only the user knows which order the network learned.
 */
function unambiguous(folders: readonly string[], directory: string): readonly string[] {
  const numbered = folders.every((folder) => /^\d+$/.test(folder));
  const byValue = folders.toSorted((one, other) => Number(one) - Number(other));
  const first = folders.findIndex((folder, index) => folder !== byValue[index]);
  if (!numbered || first < 0) return folders;
  throw new InputError(
    `the class folders of ${directory} are numbers, and it is open whether ${byValue[first]} ` +
      `comes before ${folders[first]}`,
    {
      remedy:
        "List them in label order in classes.txt in that folder: by value where they are class " +
        "indices, as in ImageNet-V2 (seq 0 999), as text where torchvision's ImageFolder " +
        "numbered them for the training (seq 0 999 | LC_ALL=C sort).",
    },
  );
}

function noImages(directory: string, folders: readonly string[]): InputError {
  const found =
    folders.length === 0
      ? "no folders"
      : `no images in its folders (${folders.slice(0, 3).join(", ")})`;
  return new InputError(`${directory} has no labelled images: there are ${found}`, {
    remedy:
      "Give a folder that holds one folder of .jpg, .jpeg, .png or .webp files for each class " +
      "(ImageNet's val, not its parent), the labels of a flat folder with --labels FILE, or a " +
      "folder of Fashion-MNIST's idx files.",
  });
}
