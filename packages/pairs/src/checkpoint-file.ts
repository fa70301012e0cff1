import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import type { WeightsFile } from "@sebench/results";
import { InputError } from "@sebench/spec";
import { type KeyLayout, keyMapOf, readCheckpoint, type SafetensorsFile } from "@sebench/weights";

/** A file of published weights, as it was read. */
export interface CheckpointFile {
  /** The path as the person gave it, which messages repeat. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The layout of the keys, which tells the library that wrote the file. */
  readonly keys: KeyLayout;
  readonly stored: SafetensorsFile;
}

/**
 * Reads a file of weights, and throws an `InputError` where the file cannot be read or is not
 * safetensors. The function does not check whether the weights fit a network.
 */
export async function readCheckpointFile(path: string): Promise<CheckpointFile> {
  const bytes = await readBytes(path);
  const stored = readCheckpoint(bytes, path);
  return { path, bytes, stored, keys: keyMapOf(stored.tensors.keys()).layout };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    // The check keeps out folders, and devices that never end.
    if (!(await stat(path)).isFile()) throw new Error("it is not a file");
    return await readFile(path);
  } catch (cause) {
    throw new InputError(
      `cannot read the weights ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { remedy: "give --weights a .safetensors file", cause },
    );
  }
}

/** Gives what a record says of a file of weights. */
export function describeCheckpoint({ path, bytes, keys }: CheckpointFile): WeightsFile {
  return {
    name: basename(path),
    keys,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}
