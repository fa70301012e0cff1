import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isAbandoned, ownName } from "./ownership/own-name.ts";

/** A half-fetched file that this process alone writes to. */
export interface PartFile {
  readonly path: string;
  /** Leaves the file for the next process to go on with. */
  release(): Promise<void>;
}

/**
 * Claims the longest part that an earlier process has left, if there is one; otherwise the
 * file is yet to be made.
 */
export async function claimPart(folder: string, name: string): Promise<PartFile> {
  const released = `${name}.part`;
  const path = join(folder, ownName(released));
  const [longest, ...others] = await leftBehind(folder, released);
  // If another process was faster to take the part, this one begins anew.
  if (longest !== undefined) await rename(longest, path).catch(() => {});
  for (const other of others) await rm(other, { force: true });
  return {
    path,
    release: () => rename(path, join(folder, released)).catch(() => {}),
  };
}

async function leftBehind(folder: string, released: string): Promise<string[]> {
  const found: { path: string; size: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const isOwned = name.startsWith(`${released}~`);
    if (name !== released && !(isOwned && (await isAbandoned(path)))) continue;
    found.push({ path, size: await byteLengthOf(path) });
  }
  return found.toSorted((a, b) => b.size - a.size).map(({ path }) => path);
}

/** The length of a file, or 0 if there is no such file. */
export async function byteLengthOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}
