import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import type { WeightsFile } from "@sebench/results";
import { InputError } from "@sebench/spec";
import { type KeyLayout, keyMapOf, readCheckpoint, type SafetensorsFile } from "@sebench/weights";

/** A file of published weights, as it was read. */
export interface CheckpointFile {
  /** As it was given: messages name it so. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Who wrote its keys. */
  readonly keys: KeyLayout;
  readonly stored: SafetensorsFile;
}

/**
 * Reads a file, and throws an `InputError` where it cannot be read or is no
 * safetensors file. Whether it fits a network is not looked at.
 */
export async function readCheckpointFile(path: string): Promise<CheckpointFile> {
  const bytes = await readBytes(path);
  const stored = readCheckpoint(bytes, path);
  return { path, bytes, stored, keys: keyMapOf(stored.tensors.keys()).layout };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    // A folder, and a device that never ends.
    if (!(await stat(path)).isFile()) throw new Error("it is not a file");
    return await readFile(path);
  } catch (cause) {
    throw new InputError(
      `cannot read the weights ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { remedy: "give --weights a .safetensors file", cause },
    );
  }
}

/** What a record says of a file. */
export function describeCheckpoint({ path, bytes, keys }: CheckpointFile): WeightsFile {
  return {
    name: basename(path),
    keys,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}
