import { appendFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { systemFault } from "@sebench/spec";
import { isOwnerGone, ownName } from "./own-name.ts";

/** A folder of this process for what is not kept; disposing removes it. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
  /**
   * Notes a folder that another program has made for this process in the system's folder for
   * temporary files, to be removed too if this process is killed.
   */
  note(outside: string): Promise<void>;
}

const prefix = "sebench-";
const noteFile = "outside.txt";
let swept = false;

/**
 * Makes a temporary folder that names its process. The first call also removes what killed
 * processes have left, and nothing of those that run.
 *
 * @throws InputError where no such folder can be made
 */
export async function temporaryFolder(purpose: string): Promise<TemporaryFolder> {
  if (!swept) {
    swept = true;
    await sweepTemporary();
  }
  const name = `${ownName(`${prefix}${purpose}`)}~`;
  const path = await mkdtemp(join(tmpdir(), name)).catch((error: unknown) => {
    throw temporaryFault(error) ?? error;
  });
  return {
    path,
    note: (outside) => appendFile(join(path, noteFile), `${outside}\n`).catch(() => {}),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** The error of a temporary folder that is full or cannot be written to, or null for any other. */
export function temporaryFault(error: unknown) {
  return systemFault(error, {
    what: `cannot write to the folder for temporary files, ${tmpdir()}`,
    elsewhere: "free some space there, or set TMPDIR to a folder on another disk",
  });
}

/** Removes the temporary folders of processes of this machine that have ended. */
export async function sweepTemporary(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  for (const name of names) {
    // Folders from before their names told of the process are left to the system.
    if (!name.startsWith(prefix) || name.split("~").length !== 6) continue;
    if (isOwnerGone(name) !== true) continue;
    const folder = join(tmpdir(), name);
    for (const outside of await notedIn(folder)) await remove(outside);
    await remove(folder);
  }
}

/** The noted folders, without any that a note should not name. */
async function notedIn(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, noteFile), "utf8").catch(() => "");
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.filter(
    (path) => dirname(path) === dirname(folder) && basename(path).startsWith("playwright"),
  );
}

/** Removes a folder; one that is another user's stays. */
async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => {});
}
