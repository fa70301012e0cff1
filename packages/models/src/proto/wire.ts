import protobuf from "protobufjs/minimal.js";
import type { ByteSource, Field, Span, WireType } from "./byte-source.ts";

/** Bytes that are no protobuf message. */
export class WireFault extends Error {
  override readonly name = "WireFault";
}

/** The most bytes that a tag and a varint or a length take. */
const longestHead = 20;

/**
 * Walks the fields of a message without reading the values of those that have a length.
 *
 * @throws WireFault where the bytes are no message, or a length goes beyond its message's end
 */
export function* fieldsOf(source: ByteSource, { start, end }: Span): Generator<Field> {
  let at = start;
  while (at < end) {
    const head = source.peek(at, Math.min(longestHead, end - at));
    const field = fieldAt(protobuf.Reader.create(head), at);
    if (field.whole.end > end) {
      throw new WireFault(
        `the field at byte ${at} says that it ends at byte ${field.whole.end}, and what holds it ends at ${end}`,
      );
    }
    yield field;
    at = field.whole.end;
  }
}

function fieldAt(reader: protobuf.Reader, at: number): Field {
  try {
    const tag = reader.uint32();
    const [number, wire] = [tag >>> 3, tag & 7];
    if (number === 0) throw new WireFault(`byte ${at} begins no field`);
    const varint = wire === 0 || wire === 2 ? toNumber(reader.int64()) : 0;
    const from = at + reader.pos;
    const to = from + lengthOf(wire, varint, at);
    const value = wire === 0 ? { start: at, end: from } : { start: from, end: to };
    const whole = { start: at, end: to };
    return { number, wire: wire as WireType, varint: wire === 0 ? varint : 0, value, whole };
  } catch (cause) {
    if (cause instanceof WireFault) throw cause;
    throw new WireFault(`the field at byte ${at} is cut off`, { cause });
  }
}

function lengthOf(wire: number, length: number, at: number): number {
  switch (wire) {
    case 0:
      return 0;
    case 1:
      return 8;
    case 2:
      if (length >= 0) return length;
      throw new WireFault(`the field at byte ${at} has a length below 0`);
    case 5:
      return 4;
    default:
      throw new WireFault(`the field at byte ${at} has wire type ${wire}, which ONNX has not`);
  }
}

/** The number of an int64, which protobuf.js gives as an object of two halves or as a number. */
function toNumber(value: { toString(): string }): number {
  return Number(value);
}

/** The message, string or bytes of a field. Throws a `WireFault` for a field without a length. */
export function spanOf({ number, wire, value, whole }: Field): Span {
  if (wire === 2) return value;
  throw new WireFault(`field ${number} at byte ${whole.start} has wire type ${wire} and not 2`);
}

const decoder = new TextDecoder();

export function textOf(source: ByteSource, field: Field): string {
  return decoder.decode(source.read(spanOf(field)));
}

export function intOf({ number, wire, varint, whole }: Field): number {
  if (wire === 0) return varint;
  throw new WireFault(`field ${number} at byte ${whole.start} has wire type ${wire} and not 0`);
}

/** The integers of a field that is packed, or holds one. */
export function intsOf(source: ByteSource, field: Field): number[] {
  if (field.wire === 0) return [field.varint];
  const bytes = source.read(spanOf(field));
  const reader = protobuf.Reader.create(bytes);
  const values: number[] = [];
  try {
    while (reader.pos < bytes.length) values.push(toNumber(reader.int64()));
  } catch (cause) {
    throw new WireFault(`the numbers at byte ${field.whole.start} are cut off`, { cause });
  }
  return values;
}

/** The floats of a field that is packed, or holds one, of 4 bytes or of 8. */
export function floatsOf(source: ByteSource, field: Field, size: 4 | 8 = 4): number[] {
  const { start, end } = field.value;
  const bytes = source.read({ start, end: end - ((end - start) % size) });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / size }, (_, index) =>
    size === 4 ? view.getFloat32(4 * index, true) : view.getFloat64(8 * index, true),
  );
}
