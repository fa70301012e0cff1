import type { Weights } from "./weights.ts";

/**
 * The SHA-256 of names, shapes and values, in hex; the order of the map does not
 * count. The hash is that of the JSON text `[[name, shape, digest], ...]` in UTF-8,
 * without spaces and sorted by name, where each digest is the SHA-256 of a tensor's
 * little-endian float32 bytes, so that no more than one tensor is copied.
 *
 * In a browser the hash needs a secure context (https, or a page from localhost).
 */
export async function contentHash(weights: Weights): Promise<string> {
  const digests: [name: string, shape: readonly number[], digest: string][] = [];
  for (const name of [...weights.keys()].toSorted()) {
    const { shape, data } = weights.get(name)!;
    digests.push([name, shape, await sha256(data)]);
  }
  return sha256(new TextEncoder().encode(JSON.stringify(digests)));
}

async function sha256(data: ArrayBufferView): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest(
    "SHA-256",
    data as ArrayBufferView<ArrayBuffer>,
  );
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
