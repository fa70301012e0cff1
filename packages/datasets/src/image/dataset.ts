import { InputError, type Tensor } from "@sebench/spec";

/** A set of labelled images on disk, in an order that is the same each time. */
export interface Dataset {
  /** The name of the dataset: "fashion-mnist test", or the folder's name. */
  readonly name: string;
  readonly count: number;
  /** The names of the classes in label order, or null if labels are numbers only. */
  readonly classes: readonly string[] | null;
  /** The preprocessing of the images, in words, for the report. */
  readonly preprocessing: string;
  /**
   * Gives the SHA-256, in hexadecimal, of what the dataset consists of: the bytes of idx files, or
   * of a folder the names, labels and sizes in bytes of all files and the bytes of 256 of them,
   * spread over all. Shards of an evaluation are compared by it before any has read all files.
   */
  identity(): Promise<string>;
  /** How a folder of image files was listed; idx files and what ships have no such thing. */
  readonly listing?: Listing;
  /**
   * Reads the images `first` to `first + count - 1`, preprocessed. A file that
   * cannot be read is named in `broken` and has no place in the tensor.
   *
   * @throws InputError if every image of the dataset has turned out broken
   */
  read(first: number, count: number): Promise<ReadImages>;
}

/** What a person should know of how the files of a folder became images with classes. */
export interface Listing {
  /** The order of the classes, or null where there was nothing to choose. */
  readonly order: TakenOrder | null;
  /**
   * The images that lie deeper than the class folders, whose class is another for timm, which takes
   * the innermost folder, than for torchvision, which takes the outermost; null if there are none.
   */
  readonly nested: {
    readonly images: number;
    readonly classIs: "the innermost folder" | "the outermost folder";
  } | null;
  /** The files that are read although torchvision's `ImageFolder` passes them over, by ending. */
  readonly alsoRead: readonly { readonly what: string; readonly files: number }[];
  /** The files that are no images of the dataset, the most frequent kind first. */
  readonly leftOut: readonly LeftOut[];
  /** The classes whose folders have files, and no image among them. */
  readonly empty: readonly string[];
}

/** The order of classes that was taken where torchvision and timm number them in different ways. */
export interface TakenOrder {
  readonly taken: "torchvision" | "timm";
  /** The flag that says so. */
  readonly by: "--class-order" | "--preprocessing";
  /**
   * Two classes, of which torchvision puts the second before the first, and timm after it, or by
   * chance.
   */
  readonly apart: readonly [string, string];
}

/** Files of a kind that are left out. */
export interface LeftOut {
  /** The ending, the name of a hidden file, or what the files are: "FIFO". */
  readonly what: string;
  readonly files: number;
  /** The path of the first, relative to the dataset's folder. */
  readonly first: string;
  /** The classes in whose folders they are, and their number in each. */
  readonly classes: readonly { readonly name: string; readonly files: number }[];
}

export interface ReadImages {
  /**
   * The images, `[n, 3, size, size]`, where n is the count asked for less the broken ones,
   * and may be 0.
   */
  readonly images: Tensor;
  /** The labels of the images, `[n]`. */
  readonly labels: Int32Array;
  readonly broken: readonly BrokenFile[];
  /**
   * The SHA-256 of the bytes of each file that was asked for, in hexadecimal, broken ones too. It
   * is empty where the dataset's identity covers all bytes.
   */
  readonly hashes: readonly string[];
}

export interface BrokenFile {
  /** The path of the file, relative to the dataset's folder. */
  readonly file: string;
  readonly reason: string;
}

/**
 * Checks that a dataset has the images that are asked for.
 *
 * @throws RangeError if the dataset does not have all of these images
 */
export function checkRange(first: number, count: number, available: number): void {
  const whole = Number.isInteger(first) && Number.isInteger(count);
  if (whole && first >= 0 && count >= 1 && first + count <= available) return;
  throw new RangeError(`images ${first} to ${first + count - 1} of ${available} were asked for`);
}

/**
 * Throws if a network does not have as many classes as a dataset, since the same
 * label then means one thing to the network and another to the dataset.
 *
 * @param logits The number of the network's classes.
 * @throws InputError if the numbers differ
 */
export function checkClasses(name: string, classes: number, logits: number, remedy: string): void {
  if (classes === logits) return;
  const noun = classes === 1 ? "class" : "classes";
  throw new InputError(`${name} has ${classes} ${noun}, and the network has ${logits}`, { remedy });
}
