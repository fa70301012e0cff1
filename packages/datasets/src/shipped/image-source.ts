import type { Normalisation } from "../image/normalise.ts";

/** A set of images that ships with the repository. */
export interface ImageSource {
  /** The number of images that the set can give. */
  readonly count: number;
  readonly normalisation: Normalisation;
  /**
   * Checks that the set has images of a size.
   *
   * @throws InputError if the set has no images of `size` x `size` pixels
   */
  checkSize(size: number): void;
  /** Reads the first `count` images, before normalisation. */
  read(size: number, count: number): Promise<SourceImages>;
  /** Describes, in words for the report, which images these are and what was done to them. */
  describe(size: number, count: number): string;
}

interface SourceImages {
  /** The images, each as bytes `[size, size, 3]`, or `[size, size]` for grey. */
  readonly pixels: readonly Uint8Array[];
  readonly labels: Int32Array | null;
}
