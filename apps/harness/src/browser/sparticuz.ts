/**
 * npm's `@sparticuz/chromium`: a Chromium headless shell with SwiftShader for
 * Linux x64, for machines that reach the npm registry and nothing else.
 */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "./command.ts";

/** As in `sparticuz/package.json`. */
const version = "153.0.0";
const lockedPackage = fileURLToPath(new URL("sparticuz", import.meta.url));
const stagingPrefix = "fetching-";
const installLimitMs = 10 * 60_000;
const unpackLimitMs = 2 * 60_000;

/** Where the fetched browser lies, be it there or not. */
export function sparticuzExecutable(cacheDirectory: string): string {
  return join(browsersFolder(cacheDirectory), `sparticuz-${version}`, "chromium");
}

function browsersFolder(cacheDirectory: string): string {
  return join(cacheDirectory, "browsers");
}

/** Without, and with, the NSS, NSPR and expat libraries that come with it. */
export function sparticuzEnvironments(executablePath: string): Record<string, string>[] {
  const libraries = join(dirname(executablePath), "al2023", "lib");
  const others = process.env["LD_LIBRARY_PATH"];
  return [{}, { LD_LIBRARY_PATH: others ? `${libraries}:${others}` : libraries }];
}

/**
 * Fetches the browser into the cache. What is half done lies in a folder of its
 * own and is moved into place in one step, so an interrupted fetch leaves
 * nothing that looks whole, and two at once both end well.
 *
 * @returns The executable.
 */
export async function fetchSparticuz(
  cacheDirectory: string,
  onProgress: (line: string) => void,
): Promise<string> {
  const browsers = browsersFolder(cacheDirectory);
  const executable = sparticuzExecutable(cacheDirectory);
  if (existsSync(executable)) return executable;
  await mkdir(browsers, { recursive: true });
  await removeAbandoned(browsers);
  const staging = await mkdtemp(join(browsers, stagingPrefix));
  try {
    onProgress(`@sparticuz/chromium ${version} from the npm registry (67 MB)`);
    await install(staging, onProgress);
    onProgress("unpacking (210 MB)");
    await moveIntoPlace(await unpack(staging), executable);
    return executable;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function moveIntoPlace(unpacked: string, executable: string): Promise<void> {
  // Another process may have been first: what it fetched is the same.
  if (existsSync(executable)) return;
  await rm(dirname(executable), { recursive: true, force: true });
  try {
    await rename(unpacked, dirname(executable));
  } catch (error) {
    if (!existsSync(executable)) throw error;
  }
}

/** Removes what killed fetches have left: anything older than a fetch may take. */
async function removeAbandoned(browsers: string): Promise<void> {
  for (const name of await readdir(browsers)) {
    if (!name.startsWith(stagingPrefix)) continue;
    const folder = join(browsers, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    const age = Date.now() - mtimeMs;
    if (age > installLimitMs + unpackLimitMs) await rm(folder, { recursive: true, force: true });
  }
}

/** `npm ci` checks each package against the hash in the lock file. */
async function install(folder: string, onProgress: (line: string) => void): Promise<void> {
  await cp(lockedPackage, folder, { recursive: true });
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const failFast = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
  await runCommand("npm", ["ci", "--ignore-scripts", ...quiet, ...failFast], {
    cwd: folder,
    timeLimitMs: installLimitMs,
    onProgress,
  });
}

/**
 * The package unpacks into the temporary folder of the process that asks for
 * its executable; its system libraries only where it takes the machine for an
 * AWS Lambda.
 *
 * @returns The folder that holds the browser.
 */
async function unpack(folder: string): Promise<string> {
  const unpacked = join(folder, "unpacked");
  await mkdir(unpacked);
  const script = `await (await import("@sparticuz/chromium")).default.executablePath()`;
  await runCommand(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: folder,
    environment: { TMPDIR: unpacked, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" },
    timeLimitMs: unpackLimitMs,
  });
  return unpacked;
}
