import { mkdir, open, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasEnded, thisProcess } from "@sebench/hardware";
import { InputError, systemFault } from "@sebench/spec";
import { isMissing } from "./read-record.ts";

/** The remedy of a place that `--out` names and that cannot be written to. */
const anotherOut = "free its disk, or name with --out a folder that can be written to";

/**
 * Writes a draft beside the file and renames it, so that the file is always whole, old or new,
 * whatever ends the process. A link is followed, and a device or a pipe is written to as it is.
 *
 * @throws InputError that says why it cannot be written, with `remedy`
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  remedy: string = anotherOut,
): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const draft = draftOf(target);
  try {
    if (await isNoFile(target)) return await writeFile(target, content);
    await makeFolder(dirname(target));
    await writeThrough(draft, content);
    await rename(draft, target);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {});
    throw notWritten(path, cause, remedy);
  }
}

/**
 * Makes a folder, and tries whether it can be written to, before hours are spent on what goes
 * there. Removes the drafts that killed processes have left in it.
 *
 * @throws InputError where it cannot be written to
 */
export async function requireWritable(directory: string, remedy: string = anotherOut) {
  const probe = draftOf(join(directory, "sebench"));
  try {
    await makeFolder(directory);
    // A file of no bytes can be made on a full disk.
    await writeThrough(probe, "\n".repeat(4096));
    await rm(probe);
    await removeLeftDrafts(directory);
  } catch (cause) {
    await rm(probe, { force: true }).catch(() => {});
    throw notWritten(directory, cause, remedy);
  }
}

/**
 * Tries whether a file can be written, and leaves it as it is, before anything is made for it.
 *
 * @param flag The flag that names the file, for the remedy.
 * @throws InputError where it cannot
 */
export async function requireWritableFile(path: string, flag = "--out"): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const found = await stat(target).catch(() => null);
  if (found?.isDirectory()) {
    throw new InputError(`cannot write ${path}: it is a folder`, {
      remedy: `name with ${flag} a file`,
    });
  }
  const remedy = `name with ${flag} a file in a folder that exists and can be written to`;
  if (await isMissing(dirname(target))) {
    throw new InputError(`cannot write ${path}: there is no folder ${dirname(target)}`, { remedy });
  }
  if (found === null || found.isFile()) await requireWritable(dirname(target), remedy);
}

function notWritten(path: string, cause: unknown, remedy: string): InputError {
  const fault = systemFault(cause, { what: `cannot write ${path}`, elsewhere: remedy });
  return (
    fault ?? new InputError(`cannot write ${path}: ${(cause as Error).message}`, { remedy, cause })
  );
}

const draftEnding = ".tmp";

/** The path of this process's draft of a file. */
function draftOf(path: string): string {
  const { host, pid, started } = thisProcess();
  return `${path}.${host}-${pid}-${started}${draftEnding}`;
}

async function removeLeftDrafts(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const [, host, pid, started] = /\.([0-9a-f]{8})-(\d+)-(\d+)\.tmp$/.exec(name) ?? [];
    if (host === undefined) continue;
    if (hasEnded({ host, pid: Number(pid), started: Number(started) }) !== true) continue;
    await rm(join(directory, basename(name)), { force: true }).catch(() => {});
  }
}

/** Whether a path is a device, a pipe or a socket, which a rename would take away. */
async function isNoFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && !found.isFile() && !found.isDirectory();
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
