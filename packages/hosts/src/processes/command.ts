import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";

export interface CommandOptions {
  /** The variables on top of the process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeLimitMs: number;
  /** Receives each line of output, without indented lines, which are stack traces and details. */
  readonly onProgress?: (line: string) => void;
  /** The signal that ends the command. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a command to its end and gives its standard output. Throws an error of one line where the
 * command fails.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { environment, timeLimitMs, onProgress, signal }: CommandOptions,
): Promise<string> {
  const child = execa(command, args, {
    env: { ...environment },
    stdin: "ignore",
    all: true,
    timeout: timeLimitMs,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    reject: false,
  });
  createInterface({ input: child.all }).on("line", (line) => {
    if (/^[^\s{}]/.test(line)) onProgress?.(stripVTControlCharacters(line));
  });
  const { failed, timedOut, all, stdout, exitCode, originalMessage, shortMessage } = await child;
  if (timedOut) throw new Error(`not done within ${timeLimitMs / 1000} s`);
  if (!failed) return stdout;
  const line = firstError(all);
  // A line that speaks of no error, such as a version, would not say that the command failed.
  const isReason = line !== null && (speaksOfError.test(line) || exitCode === undefined);
  if (line !== null) throw new Error(isReason ? line : `it ended with code ${exitCode}: ${line}`);
  throw new Error(originalMessage ?? shortMessage);
}

const speaksOfError = /error|not found|requires/i;

/** The line of a failed command's output that most likely says why. */
export function firstError(output: string): string | null {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.find((line) => speaksOfError.test(line)) ?? lines.at(-1) ?? null;
}
