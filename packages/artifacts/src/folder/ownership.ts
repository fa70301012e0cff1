/**
 * The functions here name the files and folders of one process in a cache that many
 * use, so that what a killed process leaves can be told from what is in use.
 */
import { stat } from "node:fs/promises";
import { hostname } from "node:os";
import { basename } from "node:path";

/**
 * The age from which a path of another machine that shares the cache counts as abandoned,
 * since no fetch takes this long.
 */
const abandonedAfterMs = 24 * 60 * 60_000;
let count = 0;

/** A name that no other process, and no other call, gives. */
export function ownName(name: string): string {
  count += 1;
  return [name, hostname(), process.pid, count].join("~");
}

/** Whether the process that gave a path its `ownName` has ended. */
export async function isAbandoned(path: string): Promise<boolean> {
  const [, host, pid] = basename(path).split("~");
  if (host === hostname()) return !isRunning(Number(pid));
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > abandonedAfterMs;
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 tests for the process and does nothing to it.
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM means that the process is there, and is another user's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
