import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

/** Writes bytes as a gzipped idx file, the format that `readIdx` reads. */
export async function writeIdx(
  path: string,
  shape: readonly number[],
  data: Uint8Array,
): Promise<void> {
  const unsignedByte = 0x08;
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, unsignedByte, shape.length]);
  for (const [axis, extent] of shape.entries()) header.writeUInt32BE(extent, 4 + 4 * axis);
  await writeFile(path, gzipSync(Buffer.concat([header, data]), { level: 9 }));
}
