import { readFile } from "node:fs/promises";

/** `mitata 1.0.34`: a package whose entry lies one folder deep. */
export async function installedVersion(name: string): Promise<string> {
  const manifest = new URL("../package.json", import.meta.resolve(name));
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
  return `${name} ${version}`;
}
