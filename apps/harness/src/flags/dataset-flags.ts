import { pairChoiceOf, readClasses, type ExcitationsRequest } from "@sebench/bench";
import { readNumber, say } from "@sebench/cli";
import type { Dataset, DatasetRequest } from "@sebench/datasets";
import { type ImageRange, openImages, buildMember, openPair } from "@sebench/pairs";
import { describeListing } from "@sebench/results";
import { classesOf, InputError, type Network } from "@sebench/spec";
import { readStudyOptions, type StudyFlags } from "./study-flags.ts";

/** The flags that select images, as the command line gives them. */
export interface DatasetFlags {
  readonly data?: string;
  readonly labels?: string;
  readonly split?: "train" | "test";
  readonly preprocessing?: NonNullable<DatasetRequest["preprocessing"]>;
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
 * Opens the dataset that the flags name. Throws an `InputError` where it does not suit the network.
 *
 * @param size the side of the network's images in pixels
 */
export async function openAsked(
  flags: DatasetFlags,
  network: Network,
  size: number,
): Promise<OpenedImages> {
  const classes = classesOf(network);
  const { request, images } = readDatasetFlags(flags, size, classes);
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
  return { dataset, request, size, count: images ?? dataset.count };
}

/**
 * Reads the flags of a dataset.
 *
 * @param size the side of the network's images in pixels
 * @param classes the number of the network's logits
 */
function readDatasetFlags(flags: DatasetFlags, size: number, classes: number): AskedImages {
  const { data, labels, split, preprocessing = null, classOrder } = flags;
  const images =
    flags.images === undefined ? null : readNumber("--images", flags.images, { from: 1, to: 1e9 });
  if (data === undefined) {
    for (const [flag, value] of Object.entries({
      labels,
      split,
      preprocessing,
      "class-order": classOrder,
    })) {
      if (value === undefined || value === null) continue;
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
  return { request: { directory: data, size, preprocessing, classes, ...given }, images };
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
  const { dataset, ...range } = await openAsked(flags, member.network, pair.description.imageSize);
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
