import { JobError } from "./job.ts";

/**
 * The typed arrays that a message may hold. A job's process and its parent write their messages as
 * JSON, which every host has: each host has another version of structured cloning, or none. JSON
 * lacks typed arrays and the numbers that are not finite, which are therefore packed.
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
  const base64 = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString("base64");
  return { $array: name, base64 };
}

function unpack(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$number" in value) return Number(value.$number);
  if (!("$array" in value)) return value;
  const { $array, base64 } = value as PackedArray;
  if (!Object.hasOwn(arrayTypes, $array) || typeof base64 !== "string") {
    throw new TypeError(`a message carries an array of the unknown kind ${String($array)}`);
  }
  // The copy starts at 0, since a small Buffer is an unaligned part of a larger one.
  return new arrayTypes[$array](new Uint8Array(Buffer.from(base64, "base64")).buffer);
}
