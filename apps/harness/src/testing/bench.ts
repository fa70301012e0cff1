import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

export const main = fileURLToPath(new URL("../main.ts", import.meta.url));
export const node = [process.execPath, "--import", import.meta.resolve("tsx/esm"), main];

/** Runs the command line as a person would. */
export function bench(
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const [command, ...first] = node as [string, ...string[]];
    execFile(command, [...first, ...args], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
