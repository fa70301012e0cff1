import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { FetchedFile } from "./folder/filled-folder.ts";
import type { ArtifactFile, Pin } from "./artifact.ts";
import type { DownloadOptions } from "./download.ts";
import { byteLengthOf, claimPart } from "./part-file.ts";

export type FileFetchOptions = Omit<DownloadOptions, "byteLength">;

/**
 * Fetches a file and lends it, whole and checked, to `use`. If this fails, what was half
 * fetched is kept.
 */
export async function withFetchedFile(
  file: ArtifactFile,
  folder: string,
  options: FileFetchOptions,
  use: (path: string) => Promise<void>,
): Promise<FetchedFile> {
  const url = typeof file.url === "string" ? file.url : await file.url();
  options.onProgress(`${options.what}: fetching from ${new URL(url).host}`);
  const part = await claimPart(folder, partName(file.pin?.integrity ?? url));
  try {
    const integrity = await fetchChecked(url, file.pin, part.path, options);
    await use(part.path);
    await rm(part.path, { force: true });
    return { integrity, pinned: file.pin !== null };
  } finally {
    await part.release();
  }
}

/** The name of the part file, which is the same for each source of the same file. */
function partName(identity: string): string {
  return createHash("sha256").update(identity).digest("hex").slice(0, 16);
}

async function fetchChecked(
  url: string,
  pin: Pin | null,
  path: string,
  options: FileFetchOptions,
): Promise<string> {
  const held = await byteLengthOf(path);
  let expected = pin?.integrity ?? null;
  if (pin === null || held < pin.byteLength) {
    // The module is loaded here, since whoever only looks for an artifact needs no HTTP client.
    const { download } = await import("./download.ts");
    const byteLength = pin?.byteLength ?? null;
    const headers = await download(url, path, { ...options, byteLength });
    expected ??= googleIntegrity(headers.get("x-goog-hash"));
  }
  const problem = expected === null ? null : await mismatch(path, expected);
  if (problem === null) return pin?.integrity ?? integrityOf(path, "sha512");
  await rm(path, { force: true });
  if (held === 0) throw new Error(problem);
  // What an earlier fetch has left may be at fault, so the fetch begins anew, once.
  options.onProgress(`${options.what}: what was half fetched is damaged, beginning anew`);
  return fetchChecked(url, pin, path, options);
}

async function mismatch(path: string, expected: string): Promise<string | null> {
  const algorithm = expected.slice(0, expected.indexOf("-"));
  const actual = await integrityOf(path, algorithm);
  return actual === expected ? null : `it sent a file whose hash is ${actual}, not ${expected}`;
}

/**
 * Fetches a small JSON document, such as that of an index which tells where a file lies
 * and what its hash is.
 */
export async function fetchJson(
  url: string,
  { signal, stallLimitMs = 30_000 }: Pick<FileFetchOptions, "signal" | "stallLimitMs">,
): Promise<unknown> {
  const { EnvHttpProxyAgent, fetch } = await import("undici");
  const agent = new EnvHttpProxyAgent({ connect: { timeout: 10_000 } });
  // A timer holds the limit: Node 20 forgets an `AbortSignal.timeout` that only a composite reads.
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new DOMException("The operation timed out", "TimeoutError")),
    stallLimitMs,
  );
  try {
    const response = await fetch(url, {
      dispatcher: agent,
      signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
    });
    if (response.ok) return await response.json();
    throw new Error(`${new URL(url).host} answers ${response.status} ${response.statusText}`);
  } finally {
    clearTimeout(timer);
    await agent.destroy();
  }
}

/** The hash of a file in Subresource Integrity form: `sha512-<base64>`. */
async function integrityOf(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return `${algorithm}-${hash.digest("base64")}`;
}

/**
 * The MD5 hash that Google's storage tells of an object, or null if a host does not
 * tell it. It shows a damaged transfer, though not a forged file.
 *
 * @see https://cloud.google.com/storage/docs/xml-api/reference-headers#xgooghash
 */
function googleIntegrity(header: string | null): string | null {
  const md5 = header?.match(/\bmd5=([\w+/]+=*)/)?.[1];
  return md5 ? `md5-${md5}` : null;
}
