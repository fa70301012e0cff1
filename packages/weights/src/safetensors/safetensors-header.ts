import { InputError, isObject, parseForeignJson, repeatedKey } from "@sebench/spec";
import { type Dtype, dtypeBytes } from "./stored-tensor.ts";
import { toldKey, toldShape, toldValue } from "./told.ts";

/** A tensor and its position in the file, in bytes from the end of the header. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: readonly HeaderEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

export const metadataKey = "__metadata__";

/** Reads the JSON text of a header, and checks each of its fields by itself. */
export function parseHeader(text: string): Header {
  const header = parseObject(text);
  const duplicate = repeatedKey(text);
  if (duplicate !== null) throw damaged(`the header has the key ${toldKey(duplicate)} twice`);
  const entries: HeaderEntry[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of Object.entries(header)) {
    if (name === metadataKey) metadata = parseMetadata(value);
    else entries.push(parseEntry(name, value));
  }
  return { entries, metadata };
}

/** Makes an `InputError` about a file that is not as the format has it. */
export function damaged(cause: string, error?: unknown): InputError {
  return new InputError(`not a valid safetensors file: ${cause}`, {
    remedy: "fetch or write the file again",
    cause: error,
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  if (!text.startsWith("{")) throw damaged("the header does not begin with {");
  try {
    return parseForeignJson(text) as Record<string, unknown>;
  } catch (error) {
    throw damaged("the header is not JSON", error);
  }
}

function parseMetadata(value: unknown): ReadonlyMap<string, string> {
  // The reference implementation reads a null as no metadata.
  if (value === null) return new Map();
  if (!isObject(value)) throw damaged(`${metadataKey} is not an object`);
  const metadata = new Map<string, string>();
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw damaged(`${metadataKey} has no text at ${toldKey(key)}`);
    metadata.set(key, text);
  }
  return metadata;
}

function parseEntry(name: string, value: unknown): HeaderEntry {
  const told = toldKey(name);
  if (!isObject(value)) throw damaged(`${told} is not an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) throw damaged(`${told} has the unknown dtype ${toldValue(dtype)}`);
  if (!isCounts(shape)) throw damaged(`${told} has the shape ${toldValue(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw damaged(`${told} has the data_offsets ${toldValue(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw damaged(`${told} ends at byte ${end}, before it begins at ${begin}`);
  const size = shape.reduce((product, extent) => product * extent, dtypeBytes[dtype]);
  if (size !== end - begin) {
    throw damaged(
      `${told} has ${end - begin} bytes, but ${dtype} ${toldShape(shape)} takes ${size}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === "string" && Object.hasOwn(dtypeBytes, value);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0);
}
