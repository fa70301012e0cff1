import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { InputError, elementCount } from "@sebench/spec";

/**
 * The content of an idx file, as row-major bytes: images are `[images, height, width]`,
 * labels `[images]`.
 */
export interface ByteArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** The type code of unsigned bytes, which is the only one that image sets use. */
const unsignedByte = 0x08;
const gzipMagic = [0x1f, 0x8b] as const;

/**
 * Reads an idx file, gzipped or not, in the format that LeCun's MNIST page
 * defines: two zero bytes, a type code, the number of axes, each axis as a
 * big-endian uint32, then the values.
 *
 * @param axes The number of axes that the file must have: 3 for grey images, 1 for labels.
 * @throws InputError if a header field is off, or bytes are missing or left over
 */
export async function readIdx(path: string, axes: number): Promise<ByteArray> {
  return parseIdx(unpack(await readBytes(path), path), axes, path);
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new InputError(`${path} cannot be read`, { cause });
  }
}

function unpack(bytes: Uint8Array, path: string): Uint8Array {
  if (bytes[0] !== gzipMagic[0] || bytes[1] !== gzipMagic[1]) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new InputError(`${path} is gzip that cannot be unpacked: it is truncated or damaged`, {
      remedy: "Fetch the file again.",
      cause,
    });
  }
}

function parseIdx(bytes: Uint8Array, axes: number, path: string): ByteArray {
  const fail = (what: string): InputError =>
    new InputError(`${path} is no idx file with ${axes} axes of bytes: ${what}`);
  const headerLength = 4 + 4 * axes;
  if (bytes.length < 4) throw fail(`it has ${bytes.length} bytes`);
  if (bytes[0] !== 0 || bytes[1] !== 0) throw fail("it does not start with two zero bytes");
  if (bytes[2] !== unsignedByte) throw fail(`its values have type code ${bytes[2]}`);
  if (bytes[3] !== axes) throw fail(`it has ${bytes[3]} axes`);
  if (bytes.length < headerLength) throw fail("its header is truncated");

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (shape.includes(0)) throw fail(`an axis is empty: ${shape.join(" x ")}`);
  const data = bytes.subarray(headerLength);
  const expected = elementCount(shape);
  if (data.length !== expected) {
    throw fail(`its header announces ${expected} values, and ${data.length} follow`);
  }
  return { shape, data };
}
