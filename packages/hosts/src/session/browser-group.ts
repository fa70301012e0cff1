import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { processesOfGroup } from "@sebench/hardware";
import { JobError } from "@sebench/jobs";
import { killGroup } from "../chromium/running-browser.ts";
import { obituary } from "../processes/process-host.ts";

/** A browser that runs with all of its processes in a group of their own. */
export interface BrowserGroup extends AsyncDisposable {
  /** Settles, and never rejects, with what is said of the browser's end. */
  readonly ended: Promise<string>;
  /** All processes of the group, on Linux alone. */
  processes(): readonly number[];
  /** Asks the browser to end, and kills what is left of its group after a while. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface GroupOptions {
  /** All variables of the process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** The time that a browser has to end by itself, and what was killed has to be gone, in milliseconds. */
const graceMs = 4000;

/** Starts a browser as the leader of a group of processes, which end with it. */
export function startGroup(
  command: string,
  args: readonly string[],
  { environment, signal }: GroupOptions,
): BrowserGroup {
  signal.throwIfAborted();
  const child = spawn(command, args, {
    // Windows has no groups, and `taskkill` ends a process with all that it has started.
    detached: process.platform !== "win32",
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...environment },
  });
  let errorOutput = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errorOutput = (errorOutput + text).slice(-4000);
  });
  const kill = () => killGroup(child);
  const ended = new Promise<string>((resolve) => {
    child.once("error", ({ message }) => resolve(`the browser does not start: ${message}`));
    child.once("exit", (code, by) => {
      resolve(obituary(code, by, errorOutput).replace("its process", "the browser"));
    });
  });
  signal.addEventListener("abort", kill);
  process.once("exit", kill);
  return {
    ended,
    processes: () => (child.pid === undefined ? [] : processesOfGroup(child.pid)),
    async [Symbol.asyncDispose]() {
      signal.removeEventListener("abort", kill);
      process.off("exit", kill);
      if (child.pid === undefined) return;
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        await Promise.race([ended, sleep(graceMs, undefined, { ref: false })]);
      }
      // What the browser has started may outlive it.
      kill();
      await Promise.race([ended, sleep(graceMs, undefined, { ref: false })]);
    },
  };
}

/** Whether a process has a filter of system calls, as those of a browser's sandbox have. */
function isFiltered(id: number): boolean {
  try {
    return /^Seccomp:\s+2$/m.test(readFileSync(`/proc/${id}/status`, "utf8"));
  } catch {
    return false;
  }
}

/**
 * `on` where one of the processes is sandboxed, and otherwise `off` and why; null where the system
 * does not tell.
 *
 * @param why the reason why a browser would have none
 */
export function sandboxOf(processes: readonly number[], why: string): string | null {
  if (processes.length === 0) return null;
  return processes.some(isFiltered) ? "on" : `off: ${why}`;
}

/** A display without a screen, for a browser that has no mode without windows. */
export interface Display extends AsyncDisposable {
  /** The value of the variable DISPLAY. */
  readonly name: string;
}

/** The time for a display to start, in milliseconds. */
const displayLimitMs = 15_000;

/** Starts Xvfb. Throws a `JobError` where it does not start. */
export async function openDisplay(signal: AbortSignal): Promise<Display> {
  signal.throwIfAborted();
  const child = spawn(
    "Xvfb",
    ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp", "-noreset"],
    { stdio: ["ignore", "ignore", "pipe", "pipe"] },
  );
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const close = async () => {
    process.off("exit", kill);
    kill();
  };
  let errorOutput = "";
  child.stderr!.on("data", (text) => (errorOutput = (errorOutput + String(text)).slice(-1000)));
  const named = new Promise<string>((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new JobError(`Xvfb does not start: ${reason}`, noDisplay));
    child.once("error", ({ message }) => fail(message));
    child.once("exit", (code) => fail(errorOutput.trim() || `it ended with code ${code}`));
    setTimeout(() => fail("it says nothing"), displayLimitMs).unref();
    child.stdio[3]!.on("data", (text) => resolve(`:${String(text).trim()}`));
  });
  try {
    return { name: await named, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The remedy where there is no display. */
export const noDisplay = { remedy: "install Xvfb: apt-get install xvfb" };
