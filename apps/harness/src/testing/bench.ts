import { execFile } from "node:child_process";
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
  return new Promise((resolve) => {
    const [command, ...first] = node as [string, ...string[]];
    execFile(command, [...first, ...args], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
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
