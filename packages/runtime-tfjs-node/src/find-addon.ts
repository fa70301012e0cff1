import { dirname } from "node:path";
import { damageOf, defaultCacheDirectory, findArtifact, readOrigin } from "@sebench/artifacts";
import type { Lack } from "@sebench/runtime";
import { addonIn, type AddonKind } from "./addon.ts";
import { addonArtifacts } from "./addon-artifacts.ts";
import { installedAddon } from "./tfjs-node.ts";

/** An addon that can be loaded. */
export interface Addon {
  readonly path: string;
  /** The folder to remove where the addon is damaged, so that it is fetched anew. */
  readonly folder: string;
  /** Where the addon and libtensorflow came from, for people. */
  readonly source: string;
  /** Whether the hashes of the files were known before they were fetched, or null where the package's install script fetched them. */
  readonly pinned: boolean | null;
}

/** Finds the addon that the package's own install script has fetched, or else the one in the cache, or gives null where there is neither. */
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
  const origin = folder && readOrigin(folder);
  if (!folder || !origin) return null;
  const pinned = origin.files.every((file) => file.pinned);
  return { path: addonIn(folder), folder, source: origin.source, pinned };
}

/** What is wrong with an addon that is in the cache and is not used, or null where none is. */
export async function lackOfDamaged(kind: AddonKind): Promise<Lack | null> {
  const damage = await damageOf(addonArtifacts[kind], defaultCacheDirectory());
  return damage === null
    ? null
    : { reason: damage, remedy: "pnpm bench doctor --fix fetches it anew" };
}
