import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { InputError } from "@sebench/spec";
import { isMissing } from "./read-record.ts";

/** Writes a draft beside the file and renames it, so that the file is always whole, old or new. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await makeFolder(dirname(path));
    await writeThrough(draft, content);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {});
    throw new InputError(`cannot write ${path}: ${(cause as Error).message}`, {
      remedy: "free its disk, or name with --out a folder that can be written to",
      cause,
    });
  }
}

/**
 * Makes a folder and those that hold it, as `mkdir -p` does. Node's own `recursive`
 * never ends if a file system answers that the folder's parent is missing although it
 * is there, as /proc does.
 */
export async function makeFolder(directory: string): Promise<void> {
  if (!(await isMissing(directory))) return;
  await makeFolder(dirname(directory));
  await mkdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}

/**
 * Writes a file and returns once its content is on the disk, since a rename may otherwise
 * reach the disk first.
 */
async function writeThrough(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
