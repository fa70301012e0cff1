import { isAbsolute, relative } from "node:path";
import { pairChoiceOf, readClasses, type ExcitationsRequest } from "@sebench/bench";
import { readNumber, say } from "@sebench/cli";
import type { Dataset, DatasetRequest, Preprocessing } from "@sebench/datasets";
import {
  ownPreprocessing,
  type PreprocessingChoice,
  type PreprocessingName,
} from "@sebench/datasets/preprocessing";
import { type AskedPair, type ImageRange, openImages, buildMember, openPair } from "@sebench/pairs";
import { describeListing } from "@sebench/results";
import { classesOf, InputError, type Network } from "@sebench/spec";
import { readStudyOptions, type StudyFlags } from "./study-flags.ts";

/** The flags that select images, as the command line gives them. */
export interface DatasetFlags {
  readonly data?: string;
  readonly labels?: string;
  readonly split?: "train" | "test";
  readonly preprocessing?: PreprocessingName;
  readonly mean?: string;
  readonly std?: string;
  readonly resize?: string;
  readonly interpolation?: Preprocessing["interpolation"];
  readonly classOrder?: NonNullable<DatasetRequest["classOrder"]>;
  readonly images?: string;
}

interface AskedImages {
  /** The dataset, or null for the test images that ship with the repository. */
  readonly request: DatasetRequest | null;
  /** The number of images from the first on, or null for all. */
  readonly images: number | null;
}

/** A dataset that suits a network, and the number of its images that are asked for. */
export interface OpenedImages extends Pick<ImageRange, "request" | "size" | "count"> {
  readonly dataset: Dataset;
}

/**
 * Opens the dataset that the flags name, and says what is done to its images. Throws an `InputError`
 * where it does not suit the network.
 */
export async function openAsked(
  flags: DatasetFlags & { readonly out?: string },
  network: Network,
  { description, origin }: Pick<AskedPair, "description" | "origin">,
): Promise<OpenedImages> {
  const classes = classesOf(network);
  const size = description.imageSize;
  const usual = usualPreprocessing(origin, size);
  const { request, images } = readDatasetFlags(flags, usual, size, classes);
  requireOutside(flags);
  const dataset = await openImages({ request, size });
  if (dataset.listing) describeListing(dataset.listing).forEach((line) => say(`images: ${line}`));
  // Folders are checked as they are opened; the images that ship are not.
  if (dataset.classes !== null && dataset.classes.length !== classes) {
    throw new InputError(
      `${dataset.name} has ${dataset.classes.length} classes, and ${network.name} has ${classes}`,
      { remedy: "name images of its classes with --data DIR" },
    );
  }
  if (images !== null && images > dataset.count) {
    throw new InputError(`--images is ${images}, and ${dataset.name} has ${dataset.count}`, {
      remedy: `give ${dataset.count} or fewer`,
    });
  }
  say(`images: ${dataset.name}; ${dataset.preprocessing}`);
  return { dataset, request, size, count: images ?? dataset.count };
}

/** Throws where the results would become one more class among the folders of images. */
function requireOutside({ data, labels, out }: DatasetFlags & { readonly out?: string }): void {
  if (data === undefined || labels !== undefined || out === undefined) return;
  const path = relative(data, out);
  if (path === "" || path.startsWith("..") || isAbsolute(path)) return;
  throw new InputError(`--out ${out} lies in ${data}, where each folder counts as a class`, {
    remedy: "name a folder outside of --data",
  });
}

/**
 * The side up to which a network is none of ImageNet's, in pixels, so that torchvision's resize,
 * crop and normalisation are no likely guess.
 */
const smallSize = 64;

/** The preprocessing that goes with weights, or null where nothing says which it is. */
function usualPreprocessing(origin: AskedPair["origin"], size: number): PreprocessingChoice | null {
  if (origin.kind === "trained") return "fashion-mnist";
  return origin.kind === "checkpoint" && size <= smallSize ? null : "torchvision";
}

/**
 * Reads the flags of a dataset.
 *
 * @param size the side of the network's images in pixels
 * @param classes the number of the network's logits
 */
function readDatasetFlags(
  flags: DatasetFlags,
  usual: PreprocessingChoice | null,
  size: number,
  classes: number,
): AskedImages {
  const { data, labels, split, preprocessing, mean, std, resize, interpolation, classOrder } =
    flags;
  const images =
    flags.images === undefined ? null : readNumber("--images", flags.images, { from: 1, to: 1e9 });
  if (data === undefined) {
    const others = {
      labels,
      split,
      preprocessing,
      mean,
      std,
      resize,
      interpolation,
      "class-order": classOrder,
    };
    for (const [flag, value] of Object.entries(others)) {
      if (value === undefined) continue;
      throw new InputError(`--${flag} is given without --data`, {
        remedy: "name the folder of the images with --data DIR",
      });
    }
    return { request: null, images };
  }
  const given = {
    ...(labels === undefined ? {} : { labels }),
    ...(split === undefined ? {} : { split }),
    ...(classOrder === undefined ? {} : { classOrder }),
  };
  const asked = readPreprocessing(flags, usual, size);
  return {
    request: { directory: data, size, preprocessing: asked, usual, classes, ...given },
    images,
  };
}

/** The preprocessing that the flags ask for, or null where they ask for none. */
function readPreprocessing(
  { preprocessing, mean, std, resize, interpolation }: DatasetFlags,
  usual: PreprocessingChoice | null,
  size: number,
): PreprocessingChoice | null {
  const parts = [mean, std, resize, interpolation];
  if (parts.every((part) => part === undefined)) return preprocessing ?? null;
  const from = preprocessing ?? usual;
  const missing = Object.entries({ mean, std, resize }).find(([, value]) => value === undefined);
  if (from === null && missing !== undefined) {
    throw new InputError(`--${missing[0]} is missing, and nothing says what it is`, {
      remedy: "give --mean, --std and --resize, or the rest by --preprocessing NAME",
    });
  }
  const base = ownPreprocessing(from ?? "torchvision", {});
  return ownPreprocessing(base, {
    normalisation: {
      mean: mean === undefined ? base.normalisation.mean : readColours("--mean", mean, 0),
      deviation: std === undefined ? base.normalisation.deviation : readColours("--std", std, 1e-6),
    },
    ...(resize === undefined ? {} : { resize: readResize(resize, size) }),
    ...(interpolation === undefined ? {} : { interpolation }),
  });
}

/** Reads the values of red, green and blue, or one for all three. */
function readColours(
  flag: string,
  text: string,
  from: number,
): Preprocessing["normalisation"]["mean"] {
  const values = text
    .split(",")
    .map((part) => readNumber(flag, part, { from, to: 1, whole: false }));
  const [red, green = red, blue = red] = values;
  if (values.length === 1 || values.length === 3) return [red!, green!, blue!];
  throw new InputError(`${flag} is "${text}"`, {
    remedy: "give three numbers for red, green and blue in 0..1, or one for all",
  });
}

function readResize(text: string, size: number): Preprocessing["resize"] {
  if (text === "none" || text === "both") return { kind: text };
  const [word, edge = String(size), ...rest] = text.split(":");
  if (word === "shorter" && rest.length === 0) {
    return { shorter: readNumber("--resize shorter", edge, { from: size, to: 65_535 }) };
  }
  throw new InputError(`--resize is "${text}"`, {
    remedy: "give none, both, shorter, or shorter:PIXELS",
  });
}

/** The flags of `excitations`, as the command line gives them. */
export interface ExcitationsFlags extends StudyFlags, DatasetFlags {
  readonly classes?: readonly string[];
}

/**
 * Checks the flags, opens the pair and the dataset, and throws an `InputError` where that fails.
 */
export async function readExcitationsRequest(flags: ExcitationsFlags): Promise<ExcitationsRequest> {
  const { network, classes } = flags;
  const options = readStudyOptions(flags);
  const pair = await openPair(network, pairChoiceOf(options));
  for (const note of pair.notes) say(`weights: ${note}`);
  const member = await buildMember(pair.description, "se");
  const { dataset, ...range } = await openAsked(flags, member.network, pair);
  return {
    options,
    target: options.targets[0],
    pair,
    member,
    dataset,
    range: { ...range, first: 0 },
    batch: options.selection.batches![0]!,
    classes: classes === undefined ? null : readClasses(classes, dataset.classes),
  };
}
