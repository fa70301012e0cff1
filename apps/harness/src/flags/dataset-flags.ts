import { isAbsolute, relative } from "node:path";
import { pairChoiceOf, readClasses, type ExcitationsRequest } from "@sebench/bench";
import { readNumber, say } from "@sebench/cli";
import type { Dataset, DatasetRequest, PreprocessingChoice } from "@sebench/datasets";
import { type ImageRange, openImages, buildMember, openPair } from "@sebench/pairs";
import { describeListing, type WeightsOrigin } from "@sebench/results";
import { classesOf, InputError } from "@sebench/spec";
import { type PreprocessingFlags, readPreprocessing } from "./preprocessing-flags.ts";
import { readStudyOptions, type StudyFlags } from "./study-flags.ts";

/** The flags that select images, as the command line gives them. */
export interface DatasetFlags extends PreprocessingFlags {
  readonly data?: string;
  readonly labels?: string;
  readonly split?: "train" | "test";
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

/** What is asked about images. */
export interface Classifier {
  readonly name: string;
  readonly classes: number;
  /** The side of an image in pixels. */
  readonly size: number;
  readonly origin: Pick<WeightsOrigin, "kind">;
}

/**
 * Opens the dataset that the flags name, and says what is done to its images. Throws an `InputError`
 * where it does not suit the network.
 */
export async function openAsked(
  flags: DatasetFlags & { readonly out?: string },
  { name, classes, size, origin }: Classifier,
): Promise<OpenedImages> {
  const usual = usualPreprocessing(origin, size);
  const { request, images } = readDatasetFlags(flags, usual, size, classes);
  requireOutside(flags);
  const dataset = await openImages({ request, size });
  if (dataset.listing) describeListing(dataset.listing).forEach((line) => say(`images: ${line}`));
  // Folders are checked as they are opened; the images that ship are not.
  if (dataset.classes !== null && dataset.classes.length !== classes) {
    throw new InputError(
      `${dataset.name} has ${dataset.classes.length} classes, and ${name} has ${classes}`,
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
function usualPreprocessing(
  origin: Classifier["origin"],
  size: number,
): PreprocessingChoice | null {
  if (origin.kind === "trained") return "fashion-mnist";
  const isOwn = origin.kind === "checkpoint" || origin.kind === "model";
  return isOwn && size <= smallSize ? null : "torchvision";
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

/** The flags of `excitations`, as the command line gives them. */
export interface ExcitationsFlags extends StudyFlags, DatasetFlags {
  readonly network: string;
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
  const { network: built } = member;
  const { imageSize: size } = pair.description;
  const classifier = { name: built.name, classes: classesOf(built), size, origin: pair.origin };
  const { dataset, ...range } = await openAsked(flags, classifier);
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
