import { readFile } from "node:fs/promises";

/**
 * The name and version of an installed package, such as `mitata 1.0.34`, whose entry lies one
 * folder deep.
 */
export async function installedVersion(name: string): Promise<string> {
  const manifest = new URL("../package.json", import.meta.resolve(name));
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  return `${name} ${version}`;
}
