import { readFile } from "node:fs/promises";
import { basename } from "node:path";

/**
 * The names of the shared libraries in this process's memory, as their files are
 * really called, links resolved: `libcudnn.so.9.13.0`. It is null if the system does
 * not tell, as on any other than Linux.
 */
export async function mappedLibraries(): Promise<readonly string[] | null> {
  try {
    return parseMaps(await readFile("/proc/self/maps", "utf8"));
  } catch {
    return null;
  }
}

/**
 * Reads `/proc/self/maps`: address, permissions, offset, device, inode, path.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_maps.5.html
 */
export function parseMaps(text: string): readonly string[] {
  const paths = text.split("\n").map((line) => /^(?:\S+ +){5}(\/.*)$/.exec(line)?.[1] ?? "");
  const files = paths.map((path) => basename(path.replace(/ \(deleted\)$/, "")));
  return [...new Set(files.filter((file) => /\.so(\.|$)/.test(file)))].toSorted();
}

/** The name of a library without its version: `libcudnn.so` for `libcudnn.so.9.13.0`. */
export function stemOf(file: string): string {
  return file.replace(/\.so\..*$/, ".so");
}

/**
 * The version in the name of a library's file, `unknown` if the name tells none, or
 * null if no such library is there.
 */
export function versionOf(stem: string, files: readonly string[]): string | null {
  const file = files.find((each) => stemOf(each) === stem);
  return file === undefined ? null : file.slice(stem.length + 1) || "unknown";
}
