import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

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
