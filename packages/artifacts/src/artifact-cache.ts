import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact } from "./artifact.ts";

/** The source that an artifact came from, and the files that it sent. */
export interface ArtifactOrigin {
  /** The `what` of the source. */
  readonly source: string;
  readonly files: readonly FetchedFile[];
}

export interface FetchedFile {
  /** The integrity of the file as it came: `sha512-<base64>`. */
  readonly integrity: string;
  /** Whether the integrity was known beforehand, and not only recorded. */
  readonly pinned: boolean;
}

/**
 * The file that is written last, into a folder that is then moved into place: a folder
 * that has it has all.
 */
const originFile = "sebench-artifact.json";

/** The folder of all artifacts. */
export function artifactsFolder(cacheDirectory: string): string {
  return join(cacheDirectory, "artifacts");
}

/** The folder of an artifact, whether it is there or not. */
export function artifactFolder(
  { name, version }: Pick<Artifact, "name" | "version">,
  cacheDirectory: string,
): string {
  return join(artifactsFolder(cacheDirectory), `${name}-${version}`);
}

/** The folder of an artifact, or null if it has not been fetched. */
export async function findArtifact(
  artifact: Pick<Artifact, "name" | "version">,
  cacheDirectory: string,
): Promise<string | null> {
  const folder = artifactFolder(artifact, cacheDirectory);
  return (await readOrigin(folder)) ? folder : null;
}

/** The origin of the artifact in a folder, or null if there is no artifact. */
export async function readOrigin(folder: string): Promise<ArtifactOrigin | null> {
  try {
    const origin: unknown = JSON.parse(await readFile(join(folder, originFile), "utf8"));
    return isOrigin(origin) ? origin : null;
  } catch {
    return null;
  }
}

function isOrigin(value: unknown): value is ArtifactOrigin {
  const { source, files } = (value ?? {}) as Partial<Record<keyof ArtifactOrigin, unknown>>;
  return typeof source === "string" && Array.isArray(files) && files.every(isFetchedFile);
}

function isFetchedFile(value: unknown): value is FetchedFile {
  const { integrity, pinned } = (value ?? {}) as Partial<Record<keyof FetchedFile, unknown>>;
  return typeof integrity === "string" && typeof pinned === "boolean";
}

export async function writeOrigin(folder: string, origin: ArtifactOrigin): Promise<void> {
  await writeFile(join(folder, originFile), `${JSON.stringify(origin, null, 2)}\n`);
}
