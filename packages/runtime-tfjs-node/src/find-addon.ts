import { dirname } from "node:path";
import { defaultCacheDirectory, findArtifact, readOrigin } from "@sebench/artifacts";
import { addonIn, type AddonKind } from "./addon.ts";
import { addonArtifacts } from "./addon-artifacts.ts";
import { installedAddon } from "./tfjs-node.ts";

export interface Addon {
  readonly path: string;
  /** What to remove where it is damaged, so that it is fetched anew. */
  readonly folder: string;
  /** Where it and libtensorflow came from, for people. */
  readonly source: string;
  /** Whether their hash was known before they were fetched; null where we did not fetch them. */
  readonly pinned: boolean | null;
}

/** What the package's own install script has put there goes before what the cache holds. */
export async function findAddon(
  kind: AddonKind,
  cacheDirectory = defaultCacheDirectory(),
): Promise<Addon | null> {
  const installed = installedAddon(kind);
  if (installed) {
    const source = "the install script of tfjs-node";
    return { path: installed, folder: dirname(installed), source, pinned: null };
  }
  const folder = await findArtifact(addonArtifacts[kind], cacheDirectory);
  const origin = folder && (await readOrigin(folder));
  if (!folder || !origin) return null;
  const pinned = origin.files.every((file) => file.pinned);
  return { path: addonIn(folder), folder, source: origin.source, pinned };
}
