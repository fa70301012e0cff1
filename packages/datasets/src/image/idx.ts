import { readFile, stat } from "node:fs/promises";
import { constants, gunzipSync } from "node:zlib";
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
 * The most values that a file may announce: 1 GiB. The largest set of this form that is in use,
 * EMNIST by class, has half of it; three megabytes of gzip can hold three times as much.
 */
const mostValues = 2 ** 30;
/** The bytes of a gzipped file that hold the header when they are unpacked. */
const packedHeader = 4096;

/**
 * Reads an idx file, gzipped or not, in the format that LeCun's MNIST page
 * defines: two zero bytes, a type code, the number of axes, each axis as a
 * big-endian uint32, then the values.
 *
 * @param axes The number of axes that the file must have: 3 for grey images, 1 for labels.
 * @throws InputError if a header field is off, bytes are missing or left over, or there are too many
 */
export async function readIdx(path: string, axes: number): Promise<ByteArray> {
  const stored = await readBytes(path);
  const headerLength = 4 + 4 * axes;
  const packed = stored[0] === gzipMagic[0] && stored[1] === gzipMagic[1];
  const shape = parseHeader(packed ? unpackStart(stored, path) : stored, axes, path);
  const expected = elementCount(shape);
  const bytes = packed ? unpack(stored, headerLength + expected, path) : stored;
  const data = bytes?.subarray(headerLength);
  if (data?.length === expected) return { shape, data };
  const follow = data === undefined ? "more" : String(data.length);
  throw noIdx(path, axes, `its header announces ${expected} values, and ${follow} follow`);
}

async function readBytes(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => null);
  if (found !== null && !found.isFile()) throw new InputError(`${path} is no file`);
  if (found !== null && found.size > mostValues + packedHeader) {
    throw new InputError(`${path} has ${found.size} bytes, and at most 1 GiB is read`);
  }
  try {
    return await readFile(path);
  } catch (cause) {
    throw new InputError(`${path} cannot be read`, { cause });
  }
}

/** Unpacks the start of a file, so that its header tells how much it takes to unpack all of it. */
function unpackStart(bytes: Uint8Array, path: string): Uint8Array {
  try {
    const whole = bytes.length <= packedHeader;
    const finishFlush = whole ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
    return gunzipSync(bytes.subarray(0, packedHeader), { finishFlush });
  } catch (cause) {
    throw damaged(path, cause);
  }
}

/** Unpacks a file, or gives nothing if it has more bytes than it may. */
function unpack(bytes: Uint8Array, length: number, path: string): Uint8Array | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: length });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw damaged(path, cause);
  }
}

function damaged(path: string, cause: unknown): InputError {
  return new InputError(`${path} is gzip that cannot be unpacked: it is truncated or damaged`, {
    remedy: "Fetch the file again.",
    cause,
  });
}

function noIdx(path: string, axes: number, what: string): InputError {
  return new InputError(`${path} is no idx file with ${axes} axes of bytes: ${what}`);
}

/** The shape that the start of a file announces. */
function parseHeader(bytes: Uint8Array, axes: number, path: string): readonly number[] {
  const fail = (what: string) => noIdx(path, axes, what);
  const headerLength = 4 + 4 * axes;
  if (bytes.length < 4) throw fail(`it has ${bytes.length} bytes`);
  if (bytes[0] !== 0 || bytes[1] !== 0) throw fail("it does not start with two zero bytes");
  if (bytes[2] !== unsignedByte) throw fail(`its values have type code ${bytes[2]}`);
  if (bytes[3] !== axes) throw fail(`it has ${bytes[3]} axes`);
  if (bytes.length < headerLength) throw fail("its header is truncated");

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (shape.includes(0)) throw fail(`an axis is empty: ${shape.join(" x ")}`);
  const expected = elementCount(shape);
  if (expected > mostValues) {
    throw fail(`its header announces ${expected} values, and at most ${mostValues} are read`);
  }
  return shape;
}
