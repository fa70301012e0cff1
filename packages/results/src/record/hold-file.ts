import { rmSync } from "node:fs";
import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasEnded, thisProcess } from "@sebench/hardware";
import { InputError } from "@sebench/spec";
import { lock } from "proper-lockfile";
import { z } from "zod";
import { requireWritable } from "./replace-file.ts";

/** The right to be the only process that writes a file; disposing gives it up. */
export interface HeldFile extends AsyncDisposable {
  /** What a person should know: whose lock was taken over, or null. */
  readonly note: string | null;
}

const holder = z.object({
  host: z.string(),
  /** The name of the machine, for people. */
  machine: z.string(),
  pid: z.int().positive(),
  started: z.number(),
  since: z.string(),
});
type Holder = z.infer<typeof holder>;

/**
 * Takes the right to write a file that is read, changed and written again for as long as a command
 * runs. A lock file beside it names the process; the lock of a process that has ended is taken over.
 *
 * @param what the kind of command that may hold it, for the error: "run"
 * @throws InputError where another process holds it
 */
export async function holdFile(path: string, what: string): Promise<HeldFile> {
  await requireWritable(dirname(path));
  const lockFile = `${path}.lock`;
  const silent = await silentHolder(lockFile);
  const earlier = await inTurn(path, async () => {
    const found = await readHolder(lockFile);
    if (found !== null && !isGone(found, silent)) throw held(path, lockFile, what, found);
    const own = { ...thisProcess(), machine: hostname(), since: new Date().toISOString() };
    await writeFile(lockFile, `${JSON.stringify(own)}\n`);
    return found;
  });
  // Whatever throws, the lock ends with the process. One that is killed leaves it to be taken over.
  if (heldHere.size === 0) process.on("exit", removeHeld);
  heldHere.add(lockFile);
  const beat = setInterval(() => void sayAlive(lockFile), beatMs).unref();
  return {
    note:
      earlier === null
        ? null
        : `${path}: taken over from process ${earlier.pid}, which ended without giving it up`,
    async [Symbol.asyncDispose]() {
      if (!heldHere.delete(lockFile)) return;
      clearInterval(beat);
      if (heldHere.size === 0) process.off("exit", removeHeld);
      await rm(lockFile, { force: true });
    },
  };
}

/** The lock files of this process. */
const heldHere = new Set<string>();

function removeHeld(): void {
  for (const lockFile of heldHere) rmSync(lockFile, { force: true });
}

/** The holder that a lock file names, or null where there is none, or none that can be read. */
async function readHolder(lockFile: string): Promise<Holder | null> {
  const text = await readFile(lockFile, "utf8").catch(() => null);
  if (text === null) return null;
  try {
    return holder.parse(JSON.parse(text));
  } catch {
    // Locks are written in turn, so a lock that is no record was cut off by a full disk or a kill.
    return null;
  }
}

/** How often a holder says that it is alive, in milliseconds. */
const beatMs = 5000;

/** The silence after which a holder on another machine counts as ended, in milliseconds. */
const silenceMs = 6 * beatMs;

/** Says to other machines that the holder is alive: they cannot see the process. */
async function sayAlive(lockFile: string): Promise<void> {
  const now = new Date();
  await utimes(lockFile, now, now).catch(() => {});
}

/**
 * The holder on another machine, or in another container, that says nothing while this waits, as
 * after its pod was killed; null where there is none. What counts is whether the file changes, since
 * the clocks of two machines differ.
 */
async function silentHolder(lockFile: string): Promise<Holder | null> {
  const found = await readHolder(lockFile);
  if (found === null || hasEnded(found) !== null) return null;
  const said = () =>
    stat(lockFile).then(
      ({ mtimeMs }) => mtimeMs,
      () => null,
    );
  const before = await said();
  for (let waited = 0; waited < silenceMs; waited += 500) {
    await sleep(500);
    if ((await said()) !== before) return null;
  }
  return found;
}

/** Whether a holder has ended, by the system's word or by its silence. */
function isGone(found: Holder, silent: Holder | null): boolean {
  const isSilent = silent?.pid === found.pid && silent.since === found.since;
  return hasEnded(found) ?? isSilent;
}

function held(path: string, lockFile: string, what: string, by: Holder): InputError {
  const own = hasEnded(by) === null ? ` on ${by.machine}` : "";
  return new InputError(
    `${path} is being written by another ${what}: process ${by.pid}${own}, since ${by.since}`,
    {
      remedy: `wait for it to end, or name another folder with --out${own === "" ? "" : `; if that process is gone, remove ${lockFile}`}`,
    },
  );
}

const ignore = () => {};

/**
 * Lets a write beyond `ulimit -f` fail with EFBIG, as it does in Node by itself: the handlers that
 * proper-lockfile's loading sets would end the process without a word.
 */
function surviveSizeLimit(): void {
  if (process.platform === "win32" || process.listeners("SIGXFSZ").includes(ignore)) return;
  process.on("SIGXFSZ", ignore);
}

/** The time that a task waits for others at most, and between two looks, in milliseconds. */
const [patienceMs, lookMs] = [60_000, 250];

/**
 * Waits for the lock of a short task, and gives what releases it. A lock that cannot be made at all,
 * as in a folder that is none, is an error at once.
 */
async function takeTurn(
  path: string,
  onCompromised: (error: Error) => void,
): Promise<() => Promise<void>> {
  for (let waitedMs = 0; ; waitedMs += lookMs) {
    try {
      // What is locked need not be there yet.
      const lockfilePath = `${path}.turn`;
      return await lock(path, { realpath: false, lockfilePath, onCompromised });
    } catch (error) {
      const isHeld = (error as NodeJS.ErrnoException).code === "ELOCKED";
      if (!isHeld || waitedMs >= patienceMs) throw error;
      await sleep(lookMs);
    }
  }
}

/**
 * Runs a short task while no other process does; a lock that its holder no longer renews counts
 * as none.
 */
export async function inTurn<Answer>(path: string, task: () => Promise<Answer>): Promise<Answer> {
  surviveSizeLimit();
  let lost: Error | null = null;
  const release = await takeTurn(path, (error) => (lost = error));
  try {
    const answer = await task();
    if (lost !== null) throw lost as Error;
    return answer;
  } finally {
    if (lost === null) await release();
  }
}
