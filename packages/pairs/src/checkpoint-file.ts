import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import type { WeightsFile } from "@sebench/results";
import { InputError } from "@sebench/spec";
import {
  type CheckpointPart,
  type KeyLayout,
  keyMapOf,
  partOf,
  readCheckpoint,
  toldKey,
} from "@sebench/weights";

/** A file of published weights, as it was read. */
export interface CheckpointFile {
  /** The path as the person gave it, which messages repeat. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The layout of the keys, which tells the library that wrote the file. */
  readonly keys: KeyLayout;
  /** The tensors that are read, by their keys without the prefixes of wrappers. */
  readonly stored: CheckpointPart;
  /** The prefixes that were asked for, or null. */
  readonly prefix: string | null;
  /** What was read in another way than it stands in the file, in lines for a person. */
  readonly notes: readonly string[];
}

/** A file of weights, and the part of it that is read. */
export interface CheckpointSource {
  readonly path: string;
  /** The prefixes of the keys that are read, separated by commas, or null for all keys. */
  readonly prefix: string | null;
}

/**
 * Reads a file of weights, and throws an `InputError` where the file cannot be read or is not
 * safetensors. The function does not check whether the weights fit a network.
 */
export async function readCheckpointFile({
  path,
  prefix,
}: CheckpointSource): Promise<CheckpointFile> {
  const bytes = await readBytes(path);
  const stored = partOf(readCheckpoint(bytes, path), prefix, path);
  const { layout, spelling } = keyMapOf(stored.tensors);
  const notes = [
    ...stored.prefixes.map((each) => `the prefix ${toldKey(each)} is taken off the keys`),
    ...(spelling === null
      ? []
      : [`SE is spelled ${toldKey(spelling.first)} and ${toldKey(spelling.second)}`]),
  ];
  return { path, bytes, stored, prefix, keys: layout, notes };
}

async function readBytes(path: string): Promise<Uint8Array> {
  refuseAddress(path);
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

/** An address of a file on the web, or of a repository of timm's on a hub. */
const address = /^(?:https?|ftp|s3|gs|hf(?:[_-]hub)?|timm):\/{0,2}/i;

/** Throws an `InputError` for the address of a file, with the way to fetch the file. */
function refuseAddress(path: string): void {
  if (!address.test(path)) return;
  const from = fileAt(path);
  // Every repository of the hub calls its file the same, and a person may fetch several.
  const [, repository] = /^https:\/\/huggingface\.co\/[\w.-]+\/([\w.-]+)\//.exec(from) ?? [];
  const last = /([^/?#]+)(?:[?#].*)?$/.exec(from)?.[1] ?? "";
  const named = /\.(?:safetensors|pth?|bin)$/.test(last) ? last : "weights.safetensors";
  const file = repository === undefined || last !== hubFile ? named : `${repository}.safetensors`;
  throw new InputError(`--weights is an address, ${quoted(path)}, and no file`, {
    remedy: `fetch it: curl -fL -o ${quoted(file)} ${quoted(from)}, and give --weights ${quoted(file)}`,
  });
}

const hubFile = "model.safetensors";

/** The address of the file itself, where an address names a repository of the hub or a page of it. */
function fileAt(path: string): string {
  const [, page] = /^https:\/\/huggingface\.co\/([\w.-]+\/[\w.-]+)\/?$/i.exec(path) ?? [];
  const [, named] = /^(?:hf(?:[_-]hub)?|timm):\/{0,2}(.*)$/i.exec(path) ?? [];
  const repository = page ?? named?.split("@")[0];
  if (repository === undefined) return path.replace("/blob/", "/resolve/");
  const owned = repository.includes("/") ? repository : `timm/${repository}`;
  return `https://huggingface.co/${owned}/resolve/main/${hubFile}`;
}

/** A word for a shell, cut where it is too long for a line. */
function quoted(text: string): string {
  const clean = text.replaceAll(/[^ -~]/g, "").slice(0, 300);
  return /^[\w./:@-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", "'\\''")}'`;
}

/** Gives what a record says of a file of weights. */
export function describeCheckpoint({ path, bytes, keys, prefix }: CheckpointFile): WeightsFile {
  return {
    name: basename(path),
    keys,
    ...(prefix === null ? {} : { prefix }),
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}
