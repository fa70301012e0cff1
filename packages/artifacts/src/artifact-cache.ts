import { existsSync, readFileSync } from "node:fs";
import { rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact } from "./artifact.ts";
import {
  hiddenDamage,
  type InventoryEntry,
  isInventory,
  takeInventory,
  visibleDamage,
} from "./inventory.ts";
import { ownName } from "./ownership.ts";

/** The source that an artifact came from, and the files that it sent. */
export interface ArtifactOrigin {
  /** The `what` of the source. */
  readonly source: string;
  readonly files: readonly FetchedFile[];
}

export interface FetchedFile {
  /** The integrity of the file as it came: `sha512-<base64>`. */
  readonly integrity: string;
  /** Whether the integrity was known beforehand, and not only recorded. */
  readonly pinned: boolean;
}

/**
 * The file that is written last, into a folder that is then moved into place: a folder
 * that has it has all.
 */
const originFile = "sebench-artifact.json";

/** The folder of all artifacts. */
export function artifactsFolder(cacheDirectory: string): string {
  return join(cacheDirectory, "artifacts");
}

/** The folder of an artifact, whether it is there or not. */
export function artifactFolder(
  { name, version }: Pick<Artifact, "name" | "version">,
  cacheDirectory: string,
): string {
  return join(artifactsFolder(cacheDirectory), `${name}-${version}`);
}

/** How a copy in the cache is looked at. */
export interface Look {
  /**
   * Whether every file is hashed, as after a start that failed. By default the hashes are
   * compared once a day, and at each use what costs nothing: sizes and rights.
   */
  readonly thorough?: boolean;
}

/** The folder of an artifact, or null if it has not been fetched or is damaged. */
export async function findArtifact(
  artifact: Pick<Artifact, "name" | "version">,
  cacheDirectory: string,
): Promise<string | null> {
  const folder = artifactFolder(artifact, cacheDirectory);
  return existsSync(folder) && (await damageIn(folder)) === null ? folder : null;
}

/**
 * Says what is wrong with the copy of an artifact in the cache, which is then fetched anew, or gives
 * null where nothing is, or there is none.
 */
export async function damageOf(
  artifact: Pick<Artifact, "name" | "version">,
  cacheDirectory: string,
  look: Look = {},
): Promise<string | null> {
  const folder = artifactFolder(artifact, cacheDirectory);
  const damage = existsSync(folder) ? await damageIn(folder, look) : null;
  return damage && damagedCopy(folder, damage);
}

export function damagedCopy(folder: string, damage: string): string {
  return `the copy in the cache is damaged: ${damage}, in ${folder}`;
}

/** The origin of what is in a folder, or null if its marker is missing or broken. */
export function readOrigin(folder: string): ArtifactOrigin | null {
  const marker = readMarker(folder);
  return marker && { source: marker.source, files: marker.files };
}

/** Writes down what a folder holds, from which damage is told later. */
export async function writeOrigin(folder: string, origin: ArtifactOrigin): Promise<void> {
  await writeMarker(folder, { ...origin, unpacked: await takeInventory(folder) });
}

/** The content of the marker. */
interface Marker extends ArtifactOrigin {
  readonly unpacked: readonly InventoryEntry[];
  /** The damage that hashes have shown, and sizes do not. */
  readonly damage?: string;
}

function readMarker(folder: string): Marker | null {
  try {
    const marker = JSON.parse(readFileSync(join(folder, originFile), "utf8")) as Marker;
    const { source, files, unpacked, damage = "" } = marker;
    const isWhole =
      typeof source === "string" &&
      Array.isArray(files) &&
      isInventory(unpacked) &&
      typeof damage === "string";
    return isWhole ? marker : null;
  } catch {
    return null;
  }
}

/** Writes a marker in one step, since other processes may read it meanwhile. */
async function writeMarker(folder: string, marker: Marker): Promise<void> {
  const unfinished = join(folder, ownName(originFile));
  await writeFile(unfinished, `${JSON.stringify(marker, null, 2)}\n`);
  await rename(unfinished, join(folder, originFile));
}

/** The damage to a filled folder that shows without reading its files, or null. */
export function visibleDamageIn(folder: string): string | null {
  const marker = readMarker(folder);
  if (marker === null) return `${originFile} is missing or broken`;
  return marker.damage ?? visibleDamage(folder, marker.unpacked);
}

/** The damage to a filled folder, in words, or null. */
export async function damageIn(
  folder: string,
  { thorough = false }: Look = {},
): Promise<string | null> {
  const visible = visibleDamageIn(folder);
  if (visible !== null) return visible;
  if (!thorough && (compared.has(folder) || (await isFresh(folder)))) return null;
  const marker = readMarker(folder)!;
  const damage = await hiddenDamage(folder, marker.unpacked);
  const marked = damage === null ? touch(folder) : writeMarker(folder, { ...marker, damage });
  // A cache in which nothing can be written is used all the same.
  await marked.catch(() => {});
  if (damage === null) compared.add(folder);
  return damage;
}

const dayMs = 24 * 60 * 60_000;

/** The folders whose hashes this process has compared. */
const compared = new Set<string>();

/** Makes a marker as new as the last comparison of hashes. */
async function touch(folder: string): Promise<void> {
  const now = new Date();
  await utimes(join(folder, originFile), now, now);
}

async function isFresh(folder: string): Promise<boolean> {
  const { mtimeMs } = await stat(join(folder, originFile));
  return Math.abs(Date.now() - mtimeMs) < dayMs;
}
