import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setImmediate } from "node:timers/promises";
import { classesOf, type Network, type Tensor } from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import { concat } from "./channels.ts";
import { splitImages } from "./images.ts";
import { readOracle, writeOracle } from "./oracle-file.ts";
import { oracleKey } from "./oracle-key.ts";
import { logitsOf } from "./run-reference.ts";

/** The directory of the answers that come with the repository. */
export const shippedOracleDirectory = fileURLToPath(new URL("../oracle", import.meta.url));

export interface OracleQuestion {
  readonly network: Network;
  readonly weights: Weights;
  /** The images, NCHW. */
  readonly images: Tensor;
  /**
   * The directories that are searched for an answer, in order; a new answer is written to the last.
   * Nothing is cached without any. A directory that is missing, unreadable or unwritable is passed
   * over.
   */
  readonly cacheDirectories: readonly string[];
  /** A function called after each image that is computed, and never for a cached answer. */
  readonly onImage?: (done: number, total: number) => void;
}

/**
 * The logits that `runReference` gives, from a cache if they are there. The key is a hash of the
 * graph, the weights and the images, so an answer can be missing but not stale. The event loop gets
 * its turn between images.
 */
export async function oracleLogits(question: OracleQuestion): Promise<Float64Array> {
  const { network, weights, images, cacheDirectories, onImage } = question;
  const batch = splitImages(network, images);
  const shape = [batch.length, classesOf(network)] as const;
  const key = await oracleKey(network, weights, images);
  const files = cacheDirectories.map((directory) => join(directory, `${key}.safetensors`));
  for (const file of files) {
    const cached = await readOracle(file, { key, shape });
    if (cached) return cached;
  }
  const rows: Float64Array[] = [];
  for (const image of batch) {
    rows.push(logitsOf(network, weights, image));
    onImage?.(rows.length, batch.length);
    await setImmediate();
  }
  const logits = concat(rows);
  const target = files.at(-1);
  if (target !== undefined)
    await writeOracle(target, { key, network: network.name, shape, logits });
  return logits;
}
