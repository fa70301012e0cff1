import protobuf from "protobufjs/minimal.js";

/** A field of a protobuf message as JSON: its number, its wire type and its value. */
interface WireField {
  readonly field: number;
  readonly wire: number;
  /** A number, a text, the fields of a message, or bytes in base64 after a mark. */
  readonly value: number | string | readonly WireField[];
}

const mark = "base64:";

/**
 * A protobuf message as JSON, without knowledge of its definition: what reads as a message is taken
 * for one, and else for a text or for bytes. The message comes out of it again bit for bit.
 */
export function wireTree(bytes: Uint8Array): readonly WireField[] | null {
  const reader = protobuf.Reader.create(bytes);
  const fields: WireField[] = [];
  try {
    while (reader.pos < bytes.length) {
      const tag = reader.uint32();
      const [field, wire] = [tag >>> 3, tag & 7];
      if (field === 0) return null;
      if (wire === 0) fields.push({ field, wire, value: Number(reader.int64()) });
      else if (wire === 5) fields.push({ field, wire, value: reader.fixed32() });
      else if (wire === 2) fields.push({ field, wire, value: valueOf(reader.bytes()) });
      else return null;
    }
  } catch {
    return null;
  }
  return fields;
}

function valueOf(bytes: Uint8Array): WireField["value"] {
  const text = Buffer.from(bytes).toString("utf8");
  const isText = /^[\w.,:;/ -]*$/.test(text);
  const tree = isText ? null : wireTree(bytes);
  if (tree !== null && Buffer.from(fromWireTree(tree)).equals(bytes)) return tree;
  return isText ? text : `${mark}${Buffer.from(bytes).toString("base64")}`;
}

/** The bytes of a message that may have been changed in any way; what is no field is left out. */
export function fromWireTree(tree: unknown): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const each of Array.isArray(tree) ? tree : []) {
    const { field, wire, value } = (each ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof field !== "number" || !(field >= 1 && field < 2 ** 28)) continue;
    if (wire === 0) writer.uint32(Math.floor(field) * 8).int64(wholeOf(value));
    else if (wire === 5) writer.uint32(Math.floor(field) * 8 + 5).fixed32(wholeOf(value) >>> 0);
    else if (wire === 2) writer.uint32(Math.floor(field) * 8 + 2).bytes(bytesOf(value));
  }
  return writer.finish();
}

function wholeOf(value: unknown): number {
  const number = Math.trunc(Number(value));
  return Number.isFinite(number) ? Math.max(-(2 ** 63), Math.min(2 ** 62, number)) : 0;
}

function bytesOf(value: unknown): Uint8Array {
  if (typeof value !== "string") return fromWireTree(value);
  const isBytes = value.startsWith(mark);
  return isBytes ? Buffer.from(value.slice(mark.length), "base64") : Buffer.from(value, "utf8");
}
