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

/** The answers that come with the repository. */
export const shippedOracleDirectory = fileURLToPath(new URL("../oracle", import.meta.url));

export interface OracleQuestion {
  readonly network: Network;
  readonly weights: Weights;
  /** NCHW. */
  readonly images: Tensor;
  /**
   * Where answers are looked for, in order; a new one is written to the last. None: nothing is
   * cached. A directory that is missing, unreadable or unwritable is passed over.
   */
  readonly cacheDirectories: readonly string[];
  /** Called after each image that is computed; never where the answer was cached. */
  readonly onImage?: (done: number, total: number) => void;
}

/**
 * What `runReference` gives, from a cache where it can be had. The key is a hash of the graph, the
 * weights and the images, so an answer can be missing but not stale. Between images the event loop
 * gets its turn.
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
