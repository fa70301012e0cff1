import type { Normalisation } from "../image/normalise.ts";

/** A set of images that ships with the repository. */
export interface ImageSource {
  /** How many images it can give. */
  readonly count: number;
  readonly normalisation: Normalisation;
  /** @throws InputError Where it has no images of `size` x `size` pixels. */
  checkSize(size: number): void;
  /** The first `count` images, before normalisation. */
  read(size: number, count: number): Promise<SourceImages>;
  /** In words, for the report: which images, and what was done to them. */
  describe(size: number, count: number): string;
}

interface SourceImages {
  /** An image each: bytes `[size, size, 3]`, or `[size, size]` for grey. */
  readonly pixels: readonly Uint8Array[];
  readonly labels: Int32Array | null;
}
