import type { FetchOptions } from "./fetch-artifact.ts";

/** Something that runtimes need beyond their npm packages, and that can be fetched. */
export interface Provision {
  /** For people: `libtensorflow for tfjs-node`. */
  readonly name: string;
  /** Ids of the runtimes that need it. */
  readonly runtimes: readonly string[];
  /**
   * What a fetch would bring, for people, with its size; null where it is there
   * already, or where this machine has no use for it, such as CUDA without a GPU.
   */
  missing(cacheDirectory: string): Promise<string | null>;
  /** Rejects, with what was tried, where it cannot be had. */
  fetch(options: FetchOptions): Promise<void>;
}
