import { JobError } from "./job.ts";

/**
 * The typed arrays that a message may hold. A job's process or page and who drives it write their
 * messages as JSON, which every host has: each host has another version of structured cloning, or
 * none. JSON lacks typed arrays and the numbers that are not finite, which are therefore packed.
 */
const arrayTypes = {
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
};

interface PackedArray {
  readonly $array: keyof typeof arrayTypes;
  readonly base64: string;
}

interface PackedNumber {
  readonly $number: string;
}

export function encodeMessage(message: unknown): string {
  return JSON.stringify(message, (_key, value: unknown) => pack(value));
}

/**
 * Gives the value that `encodeMessage` was given, without the properties that were undefined.
 *
 * @throws JobError if `encodeMessage` writes no such text, as where a process prints into its channel
 */
export function decodeMessage(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) => unpack(value));
  } catch (cause) {
    throw new JobError("what a job's process sent is no message", { cause });
  }
}

function pack(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) {
    return { $number: String(value) } satisfies PackedNumber;
  }
  if (!ArrayBuffer.isView(value)) return value;
  for (const [name, type] of Object.entries(arrayTypes)) {
    // A Buffer is a Uint8Array of another class, and would come back as another one.
    if (value.constructor === type) return packArray(name as PackedArray["$array"], value);
  }
  throw new TypeError(`a message cannot carry a ${value.constructor.name}`);
}

function packArray(
  name: PackedArray["$array"],
  { buffer, byteOffset, byteLength }: ArrayBufferView,
): PackedArray {
  return { $array: name, base64: toBase64(new Uint8Array(buffer, byteOffset, byteLength)) };
}

/** The bytes that one call may take as arguments, in every browser. */
const atOnce = 0x2000;

/** Writes bytes as base64: in a page, which has no `Buffer`, by way of a binary string. */
function toBase64(bytes: Uint8Array): string {
  if (typeof Buffer !== "undefined") {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  }
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; from += atOnce) {
    parts.push(String.fromCharCode(...bytes.subarray(from, from + atOnce)));
  }
  return btoa(parts.join(""));
}

/** Reads base64 into bytes that start at 0 of their buffer, since a small Buffer is an unaligned part. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  if (typeof Buffer !== "undefined") return new Uint8Array(Buffer.from(text, "base64"));
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function unpack(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$number" in value) return Number(value.$number);
  if (!("$array" in value)) return value;
  const { $array, base64 } = value as PackedArray;
  if (!Object.hasOwn(arrayTypes, $array) || typeof base64 !== "string") {
    throw new TypeError(`a message carries an array of the unknown kind ${String($array)}`);
  }
  return new arrayTypes[$array](fromBase64(base64).buffer);
}
