import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "./artifact.ts";
import { damagedCopy, damageIn, type Look } from "./folder/filled-folder.ts";

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

/** The folder of an artifact, or null if it has not been fetched or is damaged. */
export async function findArtifact(
  artifact: Pick<Artifact, "name" | "version">,
  cacheDirectory: string,
): Promise<string | null> {
  const folder = artifactFolder(artifact, cacheDirectory);
  return existsSync(folder) && (await damageIn(folder)) === null ? folder : null;
}

/**
 * Says what is wrong with the copy of an artifact in the cache, which is then fetched anew, or gives
 * null where nothing is, or there is none.
 */
export async function damageOf(
  artifact: Pick<Artifact, "name" | "version">,
  cacheDirectory: string,
  look: Look = {},
): Promise<string | null> {
  const folder = artifactFolder(artifact, cacheDirectory);
  const damage = existsSync(folder) ? await damageIn(folder, look) : null;
  return damage && damagedCopy(folder, damage);
}
