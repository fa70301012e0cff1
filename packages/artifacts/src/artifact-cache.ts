import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact } from "./artifact.ts";

/** Which source an artifact came from, and what that sent. */
export interface ArtifactOrigin {
  /** The source's `what`. */
  readonly source: string;
  readonly files: readonly FetchedFile[];
}

export interface FetchedFile {
  /** Of the file as it came: `sha512-<base64>`. */
  readonly integrity: string;
  /** Whether that was known beforehand, and not only recorded. */
  readonly pinned: boolean;
}

/** Written last, into a folder that is then moved into place: where it is, all is. */
const originFile = "sebench-artifact.json";

/** Where all artifacts lie. */
export function artifactsFolder(cacheDirectory: string): string {
  return join(cacheDirectory, "artifacts");
}

/** Where the artifact lies, be it there or not. */
export function artifactFolder(
  { name, version }: Pick<Artifact, "name" | "version">,
  cacheDirectory: string,
): string {
  return join(artifactsFolder(cacheDirectory), `${name}-${version}`);
}

/** Its folder; null where it has not been fetched. */
export async function findArtifact(
  artifact: Pick<Artifact, "name" | "version">,
  cacheDirectory: string,
): Promise<string | null> {
  const folder = artifactFolder(artifact, cacheDirectory);
  return (await readOrigin(folder)) ? folder : null;
}

/** Where what lies in the folder came from; null where no artifact lies there. */
export async function readOrigin(folder: string): Promise<ArtifactOrigin | null> {
  try {
    return JSON.parse(await readFile(join(folder, originFile), "utf8")) as ArtifactOrigin;
  } catch {
    return null;
  }
}

export async function writeOrigin(folder: string, origin: ArtifactOrigin): Promise<void> {
  await writeFile(join(folder, originFile), `${JSON.stringify(origin, null, 2)}\n`);
}
