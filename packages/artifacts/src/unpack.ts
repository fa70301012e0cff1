import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

export interface UntarOptions {
  /** Leading folders to leave out of each path. Default 0. */
  readonly strip?: number;
  /** Whether to unpack the entry with this path, as it stands in the file. Default: all. */
  readonly only?: (path: string) => boolean;
}

/** Unpacks a tar file, be it bare, gzip, or brotli with a name that ends in `.br`. */
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
    // Otherwise an entry that cannot be written is only warned of.
    strict: true,
    // The owners in it are those of the machine that made it.
    preserveOwner: false,
    ...(file.endsWith(".br") ? { brotli: true } : {}),
  });
}

/**
 * Unpacks some files of a zip file, by their paths in it, side by side under the
 * names given. Rejects where one of them is not there.
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
