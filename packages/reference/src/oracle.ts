import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { classesOf, type Network, type Tensor, sameShape } from "@sebench/spec";
import { type Weights, readSafetensors, writeSafetensors, contentHash } from "@sebench/weights";
import { concat } from "./channels.ts";
import { splitImages } from "./images.ts";
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

/** The answer to one question, which is kept in one safetensors file. */
interface OracleAnswer {
  /** The key of the question, which `oracleKey` gives. */
  readonly key: string;
  /** The name of the network, for people who look into the file. */
  readonly network: string;
  readonly shape: readonly [images: number, classes: number];
  /** The logits, row-major. */
  readonly logits: Float64Array;
}

const tensorName = "logits";

/** The logits of a file, or null if the file is missing, damaged, or answers another question. */
async function readOracle(
  file: string,
  { key, shape }: Pick<OracleAnswer, "key" | "shape">,
): Promise<Float64Array | null> {
  try {
    const { tensors, metadata } = readSafetensors(await readFile(file));
    const logits = tensors.get(tensorName);
    if (logits?.dtype !== "F64" || !sameShape(logits.shape, shape)) return null;
    if (metadata.get("key") !== key || metadata.get("sha256") !== sha256(logits.bytes)) return null;
    return new Float64Array(Uint8Array.from(logits.bytes).buffer);
  } catch {
    return null;
  }
}

/**
 * Writes a file whole or not at all, so that readers never see a part of it. Nothing is thrown if the
 * file cannot be written, since the caller has the answer and can compute it again.
 */
async function writeOracle(file: string, answer: OracleAnswer): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(unfinished, encode(answer));
    await rename(unfinished, file);
  } catch {
    await rm(unfinished, { force: true }).catch(() => {});
  }
}

function encode({ key, network, shape, logits }: OracleAnswer): Uint8Array {
  const bytes = new Uint8Array(logits.buffer, logits.byteOffset, logits.byteLength);
  const metadata = new Map(Object.entries({ key, network, sha256: sha256(bytes) }));
  return writeSafetensors(new Map([[tensorName, { dtype: "F64", shape, bytes }]]), metadata);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The version of the executor's arithmetic; raise it when that changes, so that no old answer is used. */
const arithmeticVersion = 1;

/**
 * The SHA-256, in hexadecimal, of everything that the logits depend on. The network's name and the
 * roles of its nodes are not part of it.
 */
export async function oracleKey(
  network: Network,
  weights: Weights,
  images: Tensor,
): Promise<string> {
  const graph = network.nodes.map(({ name, op, inputs, parameters, shape }) => ({
    name,
    op,
    inputs,
    parameters,
    shape,
  }));
  const { data } = images;
  return createHash("sha256")
    .update(
      canonicalJson({
        arithmeticVersion,
        graph,
        output: network.output,
        weights: await contentHash(weights),
        images: images.shape,
      }),
    )
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest("hex");
}

/** JSON text that does not depend on the order in which an object's keys were written. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
