import { createHash } from "node:crypto";
import { createReadStream, lstatSync, readlinkSync, type Stats } from "node:fs";
import { readdir, readlink } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";

/** A file or a link of a folder, as it was when the folder was filled. */
export type InventoryEntry =
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
export async function takeInventory(folder: string): Promise<InventoryEntry[]> {
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
export function isInventory(value: unknown): value is readonly InventoryEntry[] {
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
export function visibleDamage(folder: string, inventory: readonly InventoryEntry[]): string | null {
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
export async function hiddenDamage(
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
