import type { DatasetName } from "@sebench/datasets";
import type { Member } from "@sebench/measure";

/** The first images of a dataset that ships. */
export interface ImageSet {
  readonly dataset: DatasetName;
  readonly count: number;
}

/** The way by which a process gets the weights of a pair. */
export type WeightsSource =
  | { readonly kind: "seeded"; readonly seed: number }
  /** The weights are trained ones, from the repository. */
  | { readonly kind: "trained" }
  | {
      readonly kind: "checkpoint";
      /** The absolute path of the file of the member with SE. */
      readonly se: string;
      /** The absolute path of the plain member's file, or null where that member has the tensors that both have. */
      readonly plain: string | null;
      /** The prefixes of the keys that are read, or null for all keys of a file. */
      readonly prefix: string | null;
    };

/**
 * A description that both members of a pair are built from, small enough to be sent as a message.
 */
export interface PairDescription {
  readonly networks: Readonly<Record<Member, string>>;
  readonly imageSize: number;
  readonly weights: WeightsSource;
  readonly images: ImageSet;
}

/** The names of a pair's members, and the side of its images in pixels. */
export interface PairAtSize {
  readonly plain: string;
  /** The name of the member with SE. */
  readonly network: string;
  readonly imageSize: number;
}

/** The sizes of which Fashion-MNIST has images; the photographs serve every other size. */
const fashionMnistSizes = new Set([28, 32]);

/** The dataset that has images of a size. */
export function datasetOf(imageSize: number): DatasetName {
  return fashionMnistSizes.has(imageSize) ? "fashion-mnist" : "photographs";
}
