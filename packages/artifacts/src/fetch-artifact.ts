import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { InputError, systemFault } from "@sebench/spec";
import { artifactFolder, artifactsFolder, damageOf, findArtifact } from "./artifact-cache.ts";
import type { Artifact, ArtifactSource } from "./artifact.ts";
import { withFetchedFile } from "./fetch-file.ts";
import { type FetchedFile, writeOrigin } from "./folder/filled-folder.ts";
import { isAbandoned, ownName } from "./ownership/own-name.ts";

export interface FetchOptions {
  readonly cacheDirectory: string;
  /** Receives the progress, a line at a time, for people. */
  readonly onProgress: (line: string) => void;
  /**
   * The signal that ends the fetch when the person interrupts; what is half fetched is
   * kept, to go on with.
   */
  readonly signal?: AbortSignal;
  /** The longest time without a byte; 30000 by default. */
  readonly stallLimitMs?: number;
}

const stagingName = "staging";

/**
 * Fetches an artifact, unless it is there, and returns its folder. The artifact is
 * unpacked beside that folder and moved into place in one step, so that what is half
 * done never looks whole, and two processes at once both end well.
 *
 * @throws InputError that names each source and why it failed
 */
export async function fetchArtifact(artifact: Artifact, options: FetchOptions): Promise<string> {
  const { cacheDirectory, signal } = options;
  const found = await findArtifact(artifact, cacheDirectory);
  if (found) return found;
  const damage = await damageOf(artifact, cacheDirectory);
  if (damage) options.onProgress(`${artifact.name} ${artifact.version}: ${damage}`);
  const failures: SourceFailure[] = [];
  for (const source of artifact.sources) {
    try {
      return await fetchFrom(source, artifact, options);
    } catch (error) {
      signal?.throwIfAborted();
      const failure = cacheFailure(error, cacheDirectory);
      if (failure) throw failure;
      failures.push({ source, error });
      options.onProgress(describeFailure({ source, error }));
    }
  }
  throw notFetched(artifact, failures);
}

async function fetchFrom(
  source: ArtifactSource,
  artifact: Artifact,
  options: FetchOptions,
): Promise<string> {
  const artifacts = artifactsFolder(options.cacheDirectory);
  await mkdir(artifacts, { recursive: true });
  await removeAbandoned(artifacts);
  const staging = join(artifacts, ownName(stagingName));
  await mkdir(staging);
  try {
    const files: FetchedFile[] = [];
    for (const file of source.files) {
      const unpack = async (path: string) => {
        options.onProgress(`${source.what}: unpacking`);
        await file.unpack(path, staging);
        options.signal?.throwIfAborted();
      };
      files.push(await withFetchedFile(file, artifacts, { ...options, what: source.what }, unpack));
    }
    await writeOrigin(staging, { source: source.what, files });
    return await moveIntoPlace(staging, artifact, options.cacheDirectory);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function moveIntoPlace(
  staging: string,
  artifact: Artifact,
  cacheDirectory: string,
): Promise<string> {
  const folder = artifactFolder(artifact, cacheDirectory);
  // Another process may have been first, and what it fetched is as good.
  if (await findArtifact(artifact, cacheDirectory)) return folder;
  await rm(folder, { recursive: true, force: true });
  try {
    await rename(staging, folder);
  } catch (error) {
    if (!(await findArtifact(artifact, cacheDirectory))) throw error;
  }
  return folder;
}

/** Removes the folders into which killed processes were unpacking. */
async function removeAbandoned(artifacts: string): Promise<void> {
  for (const name of await readdir(artifacts)) {
    const path = join(artifacts, name);
    if (name.startsWith(`${stagingName}~`) && (await isAbandoned(path))) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

interface SourceFailure {
  readonly source: ArtifactSource;
  readonly error: unknown;
}

function notFetched({ name, version }: Artifact, failures: readonly SourceFailure[]): InputError {
  return new InputError(
    `${name} ${version} cannot be fetched: ${failures.map(describeFailure).join("; ")}`,
    {
      remedy: "try again where one of these hosts is in reach; a proxy goes in HTTPS_PROXY",
      cause: new AggregateError(failures.map(({ error }) => error)),
    },
  );
}

function describeFailure({ source, error }: SourceFailure): string {
  return `${source.what}: ${reasonOf(error)}`;
}

/** The message of an error's innermost cause, which `fetch` hides behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reasonOf(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.message || ((error as NodeJS.ErrnoException).code ?? error.name);
}

/**
 * The error for a fault of the cache itself, which no other source would mend, or null for
 * any other fault.
 */
function cacheFailure(error: unknown, cacheDirectory: string): InputError | null {
  const { code, syscall } = error as NodeJS.ErrnoException;
  // A code of a cause is the network's.
  if (code === undefined || syscall === "connect") return null;
  return systemFault(error, {
    what: `the cache, ${cacheDirectory}, cannot be written to`,
    elsewhere: "free some space there, or set SEBENCH_CACHE to a folder on another disk",
  });
}
