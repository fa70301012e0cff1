import { arrayOf, type ElementArray, type ElementType, type NamedTensor } from "@sebench/runtime";
import { elementCount, InputError } from "@sebench/spec";

/** The types of numpy's arrays by their code without the order of bytes. */
const types: Readonly<Record<string, ElementType>> = {
  f4: "float32",
  f8: "float64",
  f2: "float16",
  i1: "int8",
  u1: "uint8",
  i2: "int16",
  u2: "uint16",
  i4: "int32",
  u4: "uint32",
  i8: "int64",
  u8: "uint64",
  b1: "bool",
};

/**
 * Reads one array of numpy's .npy format
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): a magic word, a version,
 * the length of a header that is a literal of Python, and the values.
 *
 * @param name The name of the input that the array is for.
 * @throws InputError for bytes of another kind, and for types and orders that are not read
 */
export function readNpy(bytes: Uint8Array, name: string): NamedTensor {
  const { text, end } = headerOf(bytes, name);
  const [, order, code] = /'descr': *'([<>|=])(\w+)'/.exec(text) ?? [];
  const type = code === undefined || !Object.hasOwn(types, code) ? undefined : types[code];
  if (type === undefined) {
    throw new InputError(`the array ${name} holds no plain numbers (${descriptionIn(text)})`, {
      remedy: `save it as one of ${Object.values(types).join(", ")}: array.astype("float32")`,
    });
  }
  if (order === ">" || /'fortran_order': *True/.test(text)) {
    throw new InputError(
      `the values of ${name} lie ${order === ">" ? "with their highest byte first" : "column by column"}`,
      {
        remedy: 'save numpy.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))',
      },
    );
  }
  const shape = shapeIn(text);
  if (shape === null) throw damaged(name, "its header has no shape");
  const length = elementCount(shape) * arrayOf[type].BYTES_PER_ELEMENT;
  if (bytes.length - end !== length) {
    throw damaged(name, `its shape asks for ${length} bytes and ${bytes.length - end} follow`);
  }
  // The copy begins at 0, as an array must begin at a multiple of its elements.
  const { buffer } = new Uint8Array(bytes.subarray(end));
  return { name, type, shape, data: new arrayOf[type](buffer) as ElementArray };
}

/** The header's text, and the place of the first value. */
function headerOf(
  bytes: Uint8Array,
  name: string,
): { readonly text: string; readonly end: number } {
  const magic = "\u0093NUMPY";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || [...magic].some((char, at) => bytes[at] !== char.charCodeAt(0))) {
    throw damaged(name, "it does not begin as such files do");
  }
  const isShort = bytes[6] === 1;
  const start = isShort ? 10 : 12;
  const end = start + (isShort ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) throw damaged(name, "it ends within its header");
  return { text: new TextDecoder().decode(bytes.subarray(start, end)), end };
}

function shapeIn(text: string): number[] | null {
  const [, inside] = /'shape': *\(([\d, ]*)\)/.exec(text) ?? [];
  if (inside === undefined) return null;
  return inside.split(",").flatMap((part) => (part.trim() === "" ? [] : [Number(part)]));
}

const descriptionIn = (text: string) =>
  (/'descr': *([^,]{1,40})/.exec(text)?.[1] ?? "no type").trim();

function damaged(name: string, why: string): InputError {
  return new InputError(`${name} is no whole .npy array: ${why}`, {
    remedy: "save it again with numpy.save or numpy.savez",
  });
}
