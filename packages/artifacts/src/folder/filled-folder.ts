import { createHash } from "node:crypto";
import {
  createReadStream,
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  type Stats,
} from "node:fs";
import { readdir, readlink, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { ownName } from "../ownership/own-name.ts";

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

/** How a copy in the cache is looked at. */
export interface Look {
  /**
   * Whether every file is hashed, as after a start that failed. By default the hashes are
   * compared once a day, and at each use what costs nothing: sizes and rights.
   */
  readonly thorough?: boolean;
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
  /** The files that were unpacked; a folder that was filled before they were listed has no list. */
  readonly unpacked?: readonly InventoryEntry[];
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
      files.every(isFetchedFile) &&
      (unpacked === undefined || isInventory(unpacked)) &&
      typeof damage === "string";
    return isWhole ? marker : null;
  } catch {
    return null;
  }
}

function isFetchedFile(value: unknown): value is FetchedFile {
  const { integrity, pinned } = (value ?? {}) as Partial<Record<keyof FetchedFile, unknown>>;
  return typeof integrity === "string" && typeof pinned === "boolean";
}

/** Writes a marker in one step, since other processes may read it meanwhile. */
async function writeMarker(folder: string, marker: Marker): Promise<void> {
  const unfinished = join(folder, ownName(originFile));
  await writeFile(unfinished, `${JSON.stringify(marker, null, 2)}\n`);
  await rename(unfinished, join(folder, originFile));
}

/** Whether a folder has a marker, whole or broken. */
export function hasMarker(folder: string): boolean {
  return existsSync(join(folder, originFile));
}

/** The damage to a filled folder that shows without reading its files, or null. */
export function visibleDamageIn(folder: string): string | null {
  const marker = readMarker(folder);
  if (marker === null) return `${originFile} is missing or broken`;
  return marker.damage ?? visibleDamage(folder, marker.unpacked ?? []);
}

/** The damage to a filled folder, in words, or null. */
export async function damageIn(
  folder: string,
  { thorough = false }: Look = {},
): Promise<string | null> {
  const visible = visibleDamageIn(folder);
  if (visible !== null) return visible;
  if (!thorough && (compared.has(folder) || (await isFresh(folder)))) return null;
  const marker = readMarker(folder);
  // Another process may be replacing the folder.
  if (marker === null) return `${originFile} is missing or broken`;
  // What has no list is trusted until a start fails.
  if (marker.unpacked === undefined && !thorough) return null;
  const damage =
    marker.unpacked === undefined
      ? "nothing says which files it should hold"
      : await hiddenDamage(folder, marker.unpacked);
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
  const marker = await stat(join(folder, originFile)).catch(() => null);
  return marker !== null && Math.abs(Date.now() - marker.mtimeMs) < dayMs;
}

/** A file or a link of a folder, as it was when the folder was filled. */
type InventoryEntry =
  | {
      /** The path in the folder, with "/" between names. */
      readonly path: string;
      readonly byteLength: number;
      /** The owner's rights to read and to run the file, as the bits of a mode. */
      readonly rights: number;
      /** The SHA-256 of the file in hexadecimal. */
      readonly sha256: string;
    }
  | { readonly path: string; readonly link: string };

const ownerMayReadAndRun = 0o500;

/** Lists the files of a folder and of all below it, with the hash of each. */
async function takeInventory(folder: string): Promise<InventoryEntry[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const entries: InventoryEntry[] = [];
  for (const entry of found) {
    const file = join(entry.parentPath, entry.name);
    const path = relative(folder, file).split(sep).join("/");
    if (entry.isSymbolicLink()) entries.push({ path, link: await readlink(file) });
    if (!entry.isFile()) continue;
    const stats = lstatSync(file);
    const rights = stats.mode & ownerMayReadAndRun;
    entries.push({ path, byteLength: stats.size, rights, sha256: await sha256Of(file) });
  }
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether a value read from a file is an inventory, with an entry at least. */
function isInventory(value: unknown): value is readonly InventoryEntry[] {
  return Array.isArray(value) && value.length > 0 && value.every(isEntry);
}

function isEntry(value: unknown): value is InventoryEntry {
  if (typeof value !== "object" || value === null) return false;
  const { path, link, byteLength, rights, sha256 } = value as Record<string, unknown>;
  if (typeof path !== "string") return false;
  return (
    typeof link === "string" ||
    (typeof byteLength === "number" && typeof rights === "number" && typeof sha256 === "string")
  );
}

/**
 * Compares a folder with its inventory by what costs next to nothing: sizes, rights and links.
 *
 * @returns what is wrong, in words, or null where nothing is
 */
function visibleDamage(folder: string, inventory: readonly InventoryEntry[]): string | null {
  for (const entry of inventory) {
    const damage = damageOfEntry(join(folder, entry.path), entry);
    if (damage !== null) return `${entry.path} ${damage}`;
  }
  return null;
}

function damageOfEntry(file: string, entry: InventoryEntry): string | null {
  const stats: Stats | undefined = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return "is missing";
  if ("link" in entry) {
    return stats.isSymbolicLink() && readlinkSync(file) === entry.link ? null : "is another link";
  }
  if (!stats.isFile()) return "is no file";
  if (stats.size !== entry.byteLength) return `has ${stats.size} of ${entry.byteLength} bytes`;
  const lacks = entry.rights & ~stats.mode;
  // Windows has no rights by mode.
  if (lacks === 0 || process.platform === "win32") return null;
  return lacks & 0o100 ? "may not be run" : "may not be read";
}

/** Compares every file's hash with that of the inventory, which reads all of the folder. */
async function hiddenDamage(
  folder: string,
  inventory: readonly InventoryEntry[],
): Promise<string | null> {
  for (const entry of inventory) {
    if ("link" in entry) continue;
    const sha256 = await sha256Of(join(folder, entry.path)).catch(() => null);
    if (sha256 === null) return `${entry.path} cannot be read`;
    if (sha256 !== entry.sha256) return `${entry.path} has other bytes than it came with`;
  }
  return null;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
