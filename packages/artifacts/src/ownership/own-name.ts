/**
 * The functions here name the files and folders of one process in a place that many
 * use, so that what a killed process leaves can be told from what is in use.
 */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { hasEnded, thisProcess } from "@sebench/hardware";

/**
 * The age from which a path of another machine that shares the cache counts as abandoned,
 * since no fetch takes this long.
 */
const abandonedAfterMs = 24 * 60 * 60_000;
let count = 0;

/** A name that no other process, and no other call, gives. */
export function ownName(name: string): string {
  count += 1;
  const { host, pid, started } = thisProcess();
  return [name, host, pid, started, count].join("~");
}

/** Whether the process that gave a path its `ownName` has ended, or null where nobody here can tell. */
export function isOwnerGone(path: string): boolean | null {
  const [, host = "", pid, started] = basename(path).split("~");
  return hasEnded({ host, pid: Number(pid), started: Number(started) });
}

/** Whether a path is of a process that has ended, or of another machine and old. */
export async function isAbandoned(path: string): Promise<boolean> {
  const gone = isOwnerGone(path);
  if (gone !== null) return gone;
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > abandonedAfterMs;
}
