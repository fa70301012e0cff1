import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** What tells a process from every other, also from one that has its number later. */
export interface ProcessIdentity {
  /** A digest of the machine's name and, in a container, of the container's own numbering. */
  readonly host: string;
  readonly pid: number;
  /** The start of the process in the system's ticks since it booted, or 0 where that is not told. */
  readonly started: number;
}

let own: ProcessIdentity | null = null;

export function thisProcess(): ProcessIdentity {
  own ??= { host: hostDigest(), pid: process.pid, started: statOf(process.pid)?.started ?? 0 };
  return own;
}

/**
 * Whether a process has ended, or null where that cannot be known: it runs on another machine, or
 * in another container.
 */
export function hasEnded({ host, pid, started }: ProcessIdentity): boolean | null {
  if (host !== thisProcess().host) return null;
  if (!answersSignal(pid)) return true;
  const stat = statOf(pid);
  if (stat === null) return false;
  // A process that was killed keeps its number until its parent asks for its exit code.
  return stat.state === "Z" || (started !== 0 && stat.started !== started);
}

function hostDigest(): string {
  let numbering = "";
  try {
    numbering = readlinkSync("/proc/self/ns/pid");
  } catch {
    // Only Linux has it, and only there do containers share a machine's name.
  }
  return createHash("sha256").update(`${hostname()} ${numbering}`).digest("hex").slice(0, 8);
}

/** The state and the start of a process, as Linux tells them, or null elsewhere. */
function statOf(pid: number): { readonly state: string; readonly started: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold blanks and brackets. After it come the fields from the third on.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0]!, started: Number(fields[19]) };
  } catch {
    return null;
  }
}

function answersSignal(pid: number): boolean {
  try {
    // Signal 0 tests for the process and does nothing to it.
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM means that the process is there, and is another user's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
