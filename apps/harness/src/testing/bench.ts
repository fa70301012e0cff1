import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { format } from "node:util";
import { runCli } from "@sebench/cli";
import { vi } from "vitest";
import { buildCli } from "../cli/cli.ts";

export const main = fileURLToPath(new URL("../main.ts", import.meta.url));
export const node = [process.execPath, "--import", import.meta.resolve("tsx/esm"), main];

/** What a command line leaves behind. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as a person would, in a process of its own. */
export function bench(...args: string[]): Promise<Ended> {
  return startBench(args).ended;
}

/** How a command line is started, where it is not as usual. */
export interface Start {
  /** What a shell does first: `ulimit -n 64`, `exec 2>/dev/full`. */
  readonly shell?: string;
  /** The variables on top of this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A command line that runs. */
export interface Started {
  /** The process, of which the shell has become the command line. */
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export function startBench(
  args: readonly string[],
  { shell = ":", environment = {} }: Start = {},
): Started {
  const child = spawn("bash", ["-c", `${shell}; exec "$@"`, "bash", ...node, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => (written[name] += text));
  }
  const ended = once(child, "close").then(([code, signal]) => ({
    code: signal === null ? (code as number) : NaN,
    ...written,
  }));
  return { child, ended };
}

/**
 * Runs the command line in this process, which saves a second: for commands that start no
 * engine, and for input that is refused.
 */
export async function benchHere(...args: string[]): Promise<Ended> {
  const written = { stdout: "", stderr: "" };
  const write = (to: keyof typeof written) => (text: unknown) => {
    written[to] += String(text);
    return true;
  };
  const line =
    (to: keyof typeof written) =>
    (...words: unknown[]) => {
      written[to] += `${format(...words)}\n`;
    };
  const watched = [
    vi.spyOn(process.stdout, "write").mockImplementation(write("stdout")),
    vi.spyOn(process.stderr, "write").mockImplementation(write("stderr")),
    vi.spyOn(console, "log").mockImplementation(line("stdout")),
    vi.spyOn(console, "error").mockImplementation(line("stderr")),
  ];
  const before = process.exitCode;
  const listeners = new Set(process.stdout.listeners("error"));
  process.exitCode = 0;
  try {
    const setExitCode = (code: number) => {
      process.exitCode = code;
    };
    await runCli(buildCli(setExitCode), args);
    return { code: Number(process.exitCode), ...written };
  } finally {
    process.exitCode = before;
    for (const listener of process.stdout.listeners("error")) {
      if (!listeners.has(listener)) process.stdout.off("error", listener as () => void);
    }
    for (const spy of watched) spy.mockRestore();
  }
}
