import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { type ByteSource, openBytes, type Span, type Field } from "../proto/byte-source.ts";
import { fieldsOf, floatsOf, intOf, intsOf, spanOf, textOf, WireFault } from "../proto/wire.ts";
import { type Constant, elementTypes, type External, sizeOf } from "./model.ts";

/** The most values of a tensor that are kept. */
export const mostValues = 1024;
/** The most axes of a tensor. */
const mostAxes = 64;

/** Reads a TensorProto without the values of a large one. */
export function readConstant(source: ByteSource, span: Span): Constant {
  const dims: number[] = [];
  const data: Field[] = [];
  const place = new Map<string, string>();
  let [name, type, isExternal] = ["", 0, false];
  for (const field of fieldsOf(source, span)) {
    const { number } = field;
    if (number === 1) for (const dim of intsOf(source, field)) dims.push(dim);
    else if (number === 2) type = intOf(field);
    else if (number === 8) name = textOf(source, field);
    else if (number === 13) place.set(...readEntry(source, spanOf(field)));
    else if (number === 14) isExternal = intOf(field) === 1;
    else if ([4, 5, 6, 7, 9, 10, 11].includes(number)) data.push(field);
  }
  const size = checkedSize(name, type, dims);
  const external = isExternal ? externalOf(name, place, bytesOf(type, size)) : null;
  if (external === null) checkLength(name, type, size, data);
  const isSmall = size <= mostValues && external === null;
  return {
    name,
    type,
    dims,
    values: isSmall ? valuesOf(source, type, data) : null,
    data,
    added: null,
    external,
  };
}

/** Reads a StringStringEntryProto. */
export function readEntry(source: ByteSource, span: Span): [string, string] {
  let [key, value] = ["", ""];
  for (const field of fieldsOf(source, span)) {
    if (field.number === 1) key = textOf(source, field);
    else if (field.number === 2) value = textOf(source, field);
  }
  return [key, value];
}

function checkedSize(name: string, type: number, dims: readonly number[]): number {
  const size = sizeOf(dims);
  const isShape = dims.length <= mostAxes && dims.every((dim) => dim >= 0);
  if (isShape && Number.isSafeInteger(size)) return size;
  throw new InputError(`the tensor ${name} (type ${type}) has no shape that a tensor can have`, {
    remedy: "export the model again: the file is damaged",
  });
}

/** The bytes of so many elements. */
export function bytesOf(type: number, size: number): number {
  return Math.ceil((size * (elementTypes[type]?.bits ?? 0)) / 8);
}

function checkLength(name: string, type: number, size: number, data: readonly Field[]): void {
  const raw = data.filter(({ number }) => number === 9);
  const bytes = raw.reduce((sum, { value }) => sum + value.end - value.start, 0);
  const bits = elementTypes[type]?.bits ?? 0;
  const isWhole =
    raw.length > 0 ? bits === 0 || bytes === bytesOf(type, size) : size === 0 || data.length > 0;
  if (isWhole) return;
  throw new InputError(
    `the tensor ${name} has ${size} elements by its shape, and holds ${bytes} bytes`,
    { remedy: "export the model again: the file is damaged, or its weights were left out" },
  );
}

function externalOf(name: string, place: ReadonlyMap<string, string>, bytes: number): External {
  const location = place.get("location") ?? "";
  const number = (key: string, unless: number) => {
    const value = place.has(key) ? Number(place.get(key)) : unless;
    if (Number.isSafeInteger(value) && value >= 0) return value;
    throw new InputError(`the ${key} of the tensor ${name} in ${location} is no length of a file`, {
      remedy: "export the model again: the file is damaged",
    });
  };
  return { location, offset: number("offset", 0), length: number("length", bytes) };
}

/**
 * Reads the values of a tensor of floats, or of integers of 32 bits and less, wherever they are.
 *
 * @param folder The folder of the model, for values in another file.
 */
export function readFloats(source: ByteSource, folder: string, constant: Constant): Float32Array {
  const { name, type, dims, data, added, external } = constant;
  const values = new Float32Array(sizeOf(dims));
  let at = 0;
  const take = (bytes: Uint8Array) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [step, read] = [bytesOf(type, 1), rawReaders[type]!];
    for (let from = 0; from + step <= bytes.length; from += step) values[at++] = read(view, from);
  };
  if (external !== null) {
    using other = openBytes(join(folder, external.location));
    take(
      other.read({ start: external.offset, end: external.offset + bytesOf(type, values.length) }),
    );
  }
  if (added !== null) take(added);
  for (const field of data) {
    if (field.number === 9) take(source.read(spanOf(field)));
    else if (field.number === 4) for (const each of floatsOf(source, field)) values[at++] = each;
    else if (field.number === 5)
      for (const each of intsOf(source, field)) values[at++] = type === 10 ? halfOf(each) : each;
  }
  if (at === values.length) return values;
  throw new InputError(
    `the tensor ${name} holds ${at} values, and its shape says ${values.length}`,
    {
      remedy: "export the model again: the file is damaged",
    },
  );
}

/** The values as numbers, or null for strings and types that hold no plain numbers. */
function valuesOf(source: ByteSource, type: number, data: readonly Field[]): number[] | null {
  const values: number[] = [];
  for (const field of data) {
    if (field.number === 6) return null;
    if (field.number === 9) {
      const bytes = source.read(spanOf(field));
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const read = rawReaders[type];
      if (read === undefined) return null;
      const step = bytesOf(type, 1);
      for (let at = 0; at + step <= bytes.length; at += step) values.push(read(view, at));
    } else if (field.number === 4 || field.number === 10) {
      for (const each of floatsOf(source, field, field.number === 4 ? 4 : 8)) values.push(each);
    } else {
      for (const each of intsOf(source, field)) values.push(type === 10 ? halfOf(each) : each);
    }
    if (values.length > mostValues) throw new WireFault("a small tensor holds too many values");
  }
  return values;
}

/** How an element of each type is read, by the number of the type. */
export const rawReaders: Readonly<Record<number, (view: DataView, at: number) => number>> = {
  1: (view, at) => view.getFloat32(at, true),
  2: (view, at) => view.getUint8(at),
  3: (view, at) => view.getInt8(at),
  4: (view, at) => view.getUint16(at, true),
  5: (view, at) => view.getInt16(at, true),
  6: (view, at) => view.getInt32(at, true),
  7: (view, at) => Number(view.getBigInt64(at, true)),
  9: (view, at) => view.getUint8(at),
  10: (view, at) => halfOf(view.getUint16(at, true)),
  11: (view, at) => view.getFloat64(at, true),
  12: (view, at) => view.getUint32(at, true),
  13: (view, at) => Number(view.getBigUint64(at, true)),
};

/** The number that the bits of a half stand for. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const mantissa = bits & 1023;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
