import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The libraries that a shared library links to, by their names, such as `libcudart.so.13`. */
export interface LinkedLibraries {
  readonly found: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Asks the system's loader, by `ldd`, what it would load for a shared library. Gives no
 * names where the loader does not tell.
 */
export async function linkedLibraries(file: string): Promise<LinkedLibraries> {
  try {
    const { stdout } = await promisify(execFile)("ldd", [file], { timeout: 10_000 });
    return parseLdd(stdout);
  } catch {
    return { found: [], missing: [] };
  }
}

/** Reads the output of `ldd`: `libcudart.so.13 => /usr/lib/libcudart.so.13 (0x7f…)`, or `=> not found`. */
export function parseLdd(text: string): LinkedLibraries {
  const lines = [...text.matchAll(/^\s*(\S+) => (.+)$/gm)];
  const named = (wanted: boolean) =>
    lines.filter(([, , target]) => (target === "not found") === wanted).map(([, name]) => name!);
  return { found: [...new Set(named(false))], missing: [...new Set(named(true))] };
}
