import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import {
  damagedCopy,
  damageIn,
  hasMarker,
  type Look,
  visibleDamageIn,
  writeOrigin,
} from "./folder/filled-folder.ts";
import { defaultCacheDirectory } from "./cache-directory.ts";
import type { FetchOptions } from "./fetch-artifact.ts";
import { ownName } from "./ownership/own-name.ts";
import type { Provision } from "./provision.ts";

/**
 * A package of npm whose install script fetches from other hosts than npm's registry, so
 * that it is no dependency of the published sebench. It is used where it is installed, and
 * otherwise fetched into the cache, without its script.
 */
export interface NpmPackage {
  readonly name: string;
  /** The version that is fetched; what is installed may be of another. */
  readonly version: string;
}

/**
 * The `require` that finds a package: that of the asking module where the package is
 * installed, or else that of the cache. Where the package is in neither, the `require` is
 * the asking module's, and its error is Node's own.
 *
 * @param asking The `import.meta.url` of the module that asks.
 */
export function requireFor(
  { name, version }: NpmPackage,
  asking: string,
  cacheDirectory: string = defaultCacheDirectory(),
): NodeJS.Require {
  const own = createRequire(asking);
  const folder = packageFolder({ name, version }, cacheDirectory);
  if (resolves(own, name) || !isWhole(prefixOf({ name, version }, cacheDirectory))) return own;
  return createRequire(join(folder, "package.json"));
}

/** Whether a package is installed for the asking module, or in the cache. */
export function hasPackage(
  npmPackage: NpmPackage,
  asking: string,
  cacheDirectory: string = defaultCacheDirectory(),
): boolean {
  return resolves(requireFor(npmPackage, asking, cacheDirectory), npmPackage.name);
}

/**
 * The provision of a package for runtimes that need it.
 *
 * @param size The size of the package, unpacked, for people: `290 MB`.
 */
export function packageProvision(
  npmPackage: NpmPackage,
  asking: string,
  { runtimes, size }: { readonly runtimes: readonly string[]; readonly size: string },
): Provision {
  const what = `${npmPackage.name} ${npmPackage.version}`;
  return {
    name: `${npmPackage.name} from npm`,
    runtimes,
    async missing(cacheDirectory) {
      const damage = await packageDamage(npmPackage, cacheDirectory);
      if (hasPackage(npmPackage, asking, cacheDirectory)) return null;
      return `${what} (${size} unpacked)${damage === null ? "" : `, as ${damage}`}`;
    },
    fetch: (options) => fetchPackage(npmPackage, options),
  };
}

/**
 * Says what is wrong with the copy of a package in the cache, which is then fetched anew, or gives
 * null where nothing is, or there is none.
 */
export async function packageDamage(
  npmPackage: NpmPackage,
  cacheDirectory: string = defaultCacheDirectory(),
  look: Look = {},
): Promise<string | null> {
  const prefix = prefixOf(npmPackage, cacheDirectory);
  // A folder without a marker was filled before there were any; it is trusted until a start fails.
  const isLooked = existsSync(prefix) && (hasMarker(prefix) || look.thorough === true);
  const damage = isLooked ? await damageIn(prefix, look) : null;
  if (damage === null) return null;
  whole.delete(prefix);
  return damagedCopy(prefix, damage);
}

/** The folders that this process has looked at and may use. */
const whole = new Set<string>();

/** Whether a folder of packages is there, with nothing wrong that shows. */
function isWhole(prefix: string): boolean {
  if (whole.has(prefix)) return true;
  if (!existsSync(prefix) || (hasMarker(prefix) && visibleDamageIn(prefix) !== null)) return false;
  whole.add(prefix);
  return true;
}

/** The folder of one package and of what it depends on, in the cache. */
function prefixOf({ name, version }: NpmPackage, cacheDirectory: string): string {
  return join(cacheDirectory, "engines", `${name.replace("/", "-")}-${version}`);
}

function packageFolder(npmPackage: NpmPackage, cacheDirectory: string): string {
  return join(prefixOf(npmPackage, cacheDirectory), "node_modules", npmPackage.name);
}

function resolves(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}

/**
 * Installs a package with the npm and the registry that the user has set up, in a folder
 * that is then moved into place in one step.
 */
async function fetchPackage(npmPackage: NpmPackage, options: FetchOptions): Promise<void> {
  const { cacheDirectory, signal, onProgress } = options;
  const { name, version } = npmPackage;
  const prefix = prefixOf(npmPackage, cacheDirectory);
  const staging = ownName(prefix);
  await mkdir(staging, { recursive: true });
  try {
    onProgress(`npm install ${name}@${version}`);
    await runNpm(
      ["install", ...quiet, "--prefix", staging, `${name}@${version}`],
      staging,
      ...(signal === undefined ? [] : [signal]),
    );
    await writeOrigin(staging, { source: "npm", files: [] });
    await rm(prefix, { recursive: true, force: true });
    await rename(staging, prefix).catch((error: unknown) => {
      // Another process may have been first, and what it fetched is as good.
      if (!existsSync(packageFolder(npmPackage, cacheDirectory))) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const quiet = [
  "--ignore-scripts",
  "--no-save",
  "--no-audit",
  "--no-fund",
  "--no-package-lock",
  "--no-update-notifier",
];

const installLimitMs = 15 * 60_000;

async function runNpm(args: readonly string[], cwd: string, signal?: AbortSignal): Promise<void> {
  try {
    await promisify(execFile)("npm", args, {
      cwd,
      timeout: installLimitMs,
      // On Windows npm is a script, which needs a shell to run.
      shell: process.platform === "win32",
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new Error(reasonOf(cause as NpmFailure), { cause });
  }
}

interface NpmFailure extends NodeJS.ErrnoException {
  readonly killed?: boolean;
  readonly stderr?: string;
}

/** The reason why npm failed: the first line of its errors that is not a code alone. */
function reasonOf({ code, killed, stderr = "", message }: NpmFailure): string {
  if (code === "ENOENT") return "there is no npm on PATH";
  if (killed) return `npm was not done within ${installLimitMs / 60_000} minutes`;
  const errors = stripVTControlCharacters(stderr)
    .split("\n")
    .flatMap(
      (line) =>
        /^npm (?:error|ERR!) (?!(?:code|errno|syscall|network) )(.+)$/.exec(line)?.[1] ?? [],
    );
  return errors[0] ?? message;
}
