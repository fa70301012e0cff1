import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** In Subresource Integrity form: `sha512-<base64>`. */
export async function integrityOf(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return `${algorithm}-${hash.digest("base64")}`;
}

/**
 * The MD5 hash that Google's storage tells of an object, which shows a damaged
 * transfer though not a forged file; null where a host does not tell it.
 *
 * @see https://cloud.google.com/storage/docs/xml-api/reference-headers#xgooghash
 */
export function googleIntegrity(header: string | null): string | null {
  const md5 = header?.match(/\bmd5=([\w+/]+=*)/)?.[1];
  return md5 ? `md5-${md5}` : null;
}
