import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

export interface UntarOptions {
  /** The number of leading folders to leave out of each path; 0 by default. */
  readonly strip?: number;
  /**
   * Whether to unpack the entry with this path, as it stands in the file; all are unpacked
   * by default.
   */
  readonly only?: (path: string) => boolean;
}

/** Unpacks a tar file, which may be bare, gzip, or brotli with a name that ends in `.br`. */
export async function untar(
  file: string,
  folder: string,
  { strip = 0, only = () => true }: UntarOptions = {},
): Promise<void> {
  const { extract } = await import("tar");
  await extract({
    file,
    cwd: folder,
    strip,
    filter: (path) => only(path),
    // Without `strict`, an entry that cannot be written is only warned of.
    strict: true,
    // The owners in the file are those of the machine that made it.
    preserveOwner: false,
    ...(file.endsWith(".br") ? { brotli: true } : {}),
  });
}

/**
 * Unpacks some files of a zip file side by side.
 *
 * @param names The names to give to the files, by their paths in the zip file.
 * @throws an error that names the files that the zip file lacks
 */
export async function unzip(
  file: string,
  folder: string,
  names: Readonly<Record<string, string>>,
): Promise<void> {
  const { openPromise } = await import("yauzl");
  const zip = await openPromise(file);
  const wanted = new Map(Object.entries(names));
  try {
    for await (const entry of zip.eachEntry()) {
      const name = wanted.get(entry.fileName);
      if (name === undefined) continue;
      const content = await zip.openReadStreamPromise(entry);
      await pipeline(content, createWriteStream(join(folder, name)));
      wanted.delete(entry.fileName);
    }
  } finally {
    zip.close();
  }
  if (wanted.size > 0) throw new Error(`it has no ${[...wanted.keys()].join(", ")}`);
}

/**
 * Reads all files of a zip file that lies in memory.
 *
 * @param mostBytes the most bytes of all files together, since a small zip file may hold large ones
 * @returns the contents by their paths in the zip file
 * @throws an error for a zip file that is damaged or holds more
 */
export async function readZip(
  content: Uint8Array,
  mostBytes: number,
): Promise<Map<string, Uint8Array>> {
  const { fromBufferPromise } = await import("yauzl");
  const zip = await fromBufferPromise(
    Buffer.from(content.buffer, content.byteOffset, content.length),
  );
  const files = new Map<string, Uint8Array>();
  let left = mostBytes;
  for await (const entry of zip.eachEntry()) {
    left -= entry.uncompressedSize;
    if (left < 0) throw new Error(`it holds more than ${mostBytes} bytes`);
    // The stream fails where more or fewer bytes come than the entry says.
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  }
  return files;
}
