import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import util from "node:util";
import {
  damageOf,
  defaultCacheDirectory,
  hasPackage,
  type NpmPackage,
  packageDamage,
  requireFor,
} from "@sebench/artifacts";
import { InputError, shellQuoted } from "@sebench/spec";
import type { Tfjs } from "@sebench/tfjs";
import { addonArtifacts } from "./addon-artifacts.ts";
import type { AddonKind } from "./addon.ts";

/** tfjs with its backend of tfjs-node, `tensorflow`, chosen. */
export interface TfjsNode {
  readonly tf: Tfjs;
  readonly backend: TensorflowBackend;
}

/** The part of tfjs-node's backend that is used, although the package declares it private. */
export interface TensorflowBackend {
  /** Whether TensorFlow listed a GPU. Where it listed none, the addon computes on the CPU and says nothing. */
  readonly isUsingGpuDevice: boolean;
  /** The addon, which tells the version of libtensorflow. */
  readonly binding: { readonly TF_Version: string };
}

/** The part of `@mapbox/node-pre-gyp` that tfjs-node calls to find its addon. */
interface PreBinding {
  find(packageJson: string): string;
}

/** The packages from npm. */
export const tfjsNodePackages: Readonly<Record<AddonKind, NpmPackage>> = {
  cpu: { name: "@tensorflow/tfjs-node", version: "4.22.0" },
  gpu: { name: "@tensorflow/tfjs-node-gpu", version: "4.22.0" },
};

/** Whether the package is installed, or was fetched. */
export function hasTfjsNode(kind: AddonKind, cacheDirectory?: string): boolean {
  return hasPackage(tfjsNodePackages[kind], import.meta.url, cacheDirectory);
}

/** The path where the package's own install script puts the addon on Node 20 and later, or null where the script never ran. */
export function installedAddon(kind: AddonKind): string | null {
  if (!hasTfjsNode(kind)) return null;
  const path = join(dirname(packageJsonOf(kind)), "lib/napi-v8/tfjs_binding.node");
  return existsSync(path) ? path : null;
}

/**
 * Loads tfjs-node with an addon.
 *
 * @param threads threads of the CPU; null leaves the number to TensorFlow
 * @throws InputError where the package is not there, or the addon does not load
 */
export async function loadTfjsNode(
  kind: AddonKind,
  addon: { readonly path: string; readonly folder: string },
  threads: number | null,
): Promise<TfjsNode> {
  await requirePackage(kind);
  setEnvironment(threads);
  restoreUtil();
  findAddonAt(kind, addon.path);
  try {
    const tf = (await importPackage(kind)) as Tfjs;
    await tf.ready();
    return { tf, backend: tf.backend() as unknown as TensorflowBackend };
  } catch (cause) {
    throw await notLoaded(kind, addon, cause as Error);
  }
}

/** The error of an addon that does not load: where a hash shows damage, it is fetched anew. */
async function notLoaded(
  kind: AddonKind,
  { folder }: { readonly folder: string },
  cause: Error,
): Promise<InputError> {
  const cache = defaultCacheDirectory();
  const look = { thorough: true };
  // What is not of the cache is not fetched anew, whatever the cache has.
  const damage =
    (folder.startsWith(cache) ? await damageOf(addonArtifacts[kind], cache, look) : null) ??
    (packageJsonOf(kind).startsWith(cache)
      ? await packageDamage(tfjsNodePackages[kind], cache, look)
      : null);
  const reason = damage ?? cause.message;
  return new InputError(`tfjs-node's addon does not load: ${reason}`, {
    remedy:
      damage === null
        ? `remove ${shellQuoted(folder)} and run pnpm bench doctor --fix`
        : "pnpm bench doctor --fix fetches it anew",
    cause,
  });
}

async function requirePackage(kind: AddonKind): Promise<void> {
  if (hasTfjsNode(kind)) return;
  const damage = await packageDamage(tfjsNodePackages[kind]);
  const { name } = tfjsNodePackages[kind];
  throw new InputError(damage ?? `${name} is neither installed nor fetched`, {
    remedy: "run pnpm bench doctor --fix",
  });
}

/** Imports the package as it is installed, or else as it was fetched. */
function importPackage(kind: AddonKind): Promise<object> {
  const { name } = tfjsNodePackages[kind];
  return import(pathToFileURL(requireOf(kind).resolve(name)).href);
}

function packageJsonOf(kind: AddonKind): string {
  return requireOf(kind).resolve(`${tfjsNodePackages[kind].name}/package.json`);
}

function requireOf(kind: AddonKind): NodeJS.Require {
  return requireFor(tfjsNodePackages[kind], import.meta.url);
}

/**
 * Has node-pre-gyp, which tfjs-node asks for its addon, answer with this one. By itself
 * node-pre-gyp knows only a place in node_modules, where nothing but an installer should
 * write, and nowhere else can tfjs-node be told of another place.
 */
function findAddonAt(kind: AddonKind, addon: string): void {
  const packageJson = packageJsonOf(kind);
  const nodePreGyp = createRequire(packageJson).resolve("@mapbox/node-pre-gyp");
  const preBinding = createRequire(nodePreGyp)("./pre-binding.js") as PreBinding;
  const find = preBinding.find;
  preBinding.find = (path) => (path === packageJson ? addon : find(path));
}

/** Sets the variables that TensorFlow reads once, for the first context of a process. */
function setEnvironment(threads: number | null): void {
  // 1 leaves out what TensorFlow tells of itself as it starts; warnings and errors remain.
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "1";
  if (threads !== null) process.env["TF_NUM_INTRAOP_THREADS"] = String(threads);
}

/**
 * Puts functions into `node:util` that tfjs-node 4.22 calls, of which Node 22 warns and
 * which Node 23 lacks.
 *
 * @see https://github.com/tensorflow/tfjs/issues/8609
 */
function restoreUtil(): void {
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
}
