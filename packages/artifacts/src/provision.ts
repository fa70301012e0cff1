import type { FetchOptions } from "./fetch-artifact.ts";

/** A thing that runtimes need beyond their npm packages, and that can be fetched. */
export interface Provision {
  /** The name of the provision for people: `libtensorflow for tfjs-node`. */
  readonly name: string;
  /** The ids of the runtimes that need the provision. */
  readonly runtimes: readonly string[];
  /**
   * Tells people what a fetch would bring, with its size. It is null if the provision
   * is there already, or if this machine has no use for it, as for CUDA without a GPU.
   */
  missing(cacheDirectory: string): Promise<string | null>;
  /** Fetches the provision, or rejects with what was tried if it cannot be had. */
  fetch(options: FetchOptions): Promise<void>;
}
