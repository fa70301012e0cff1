import { InputError } from "@sebench/spec";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "./read-safetensors.ts";
import { type Dtype, dtypeBytes, type StoredTensor } from "./stored-tensor.ts";
import { writeSafetensors } from "./write-safetensors.ts";

/** Makes a file of a header, with the header's own length or the claimed one, and bytes of data. */
function fileOf(
  header: string | Uint8Array,
  dataBytes: number,
  claimed?: number | bigint,
): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(claimed ?? text.length), true);
  file.set(text, 8);
  return file;
}

/** The values 0, 1, 2, 3, 4, 5 in float32. */
const sixFloats = Uint8Array.from(
  Buffer.from("000000000000803f0000004000004040000080400000a040", "hex"),
);

function six(shape: readonly number[]): StoredTensor {
  return { dtype: "F32", shape, bytes: sixFloats };
}

// The files are those that the reference implementation writes for these tensors, by its own tests
// (huggingface/safetensors, safetensors/src/tensor.rs: test_serialization,
// test_serialization_forced_alignement, test_empty).
test.each([
  {
    tensors: { "attn.0": six([1, 2, 3]) },
    metadata: {},
    length: 64,
    header: '{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}',
  },
  {
    tensors: { attn0: six([1, 1, 2, 3]) },
    metadata: {},
    length: 72,
    header: '{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       ',
  },
  { tensors: {}, metadata: {}, length: 8, header: "{}      " },
  {
    tensors: {},
    metadata: { framework: "pt" },
    length: 40,
    header: '{"__metadata__":{"framework":"pt"}}     ',
  },
])("the file is the reference implementation's: $header", (given) => {
  const { tensors, metadata, length, header } = given;
  const data = Object.keys(tensors).length === 0 ? [] : [...sixFloats];
  const expected = [length, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from(header), ...data];
  const written = writeSafetensors(
    new Map(Object.entries(tensors as Record<string, StoredTensor>)),
    new Map(Object.entries(metadata as Record<string, string>)),
  );
  expect([...written]).toEqual(expected);
  expect(readSafetensors(written).tensors).toEqual(new Map(Object.entries(tensors)));
});

const storedTensor: fc.Arbitrary<StoredTensor> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(dtypeBytes) as Dtype[])),
    fc.array(fc.nat({ max: 3 }), { maxLength: 3 }),
  )
  .chain(([dtype, shape]) => {
    const length = shape.reduce((product, extent) => product * extent, dtypeBytes[dtype]);
    const bytes = fc.uint8Array({ minLength: length, maxLength: length });
    return bytes.map((values) => ({ dtype, shape, bytes: values }));
  });

const tensorMap = fc
  .dictionary(
    fc.string({ unit: "binary" }).filter((name) => name !== "__metadata__"),
    storedTensor,
  )
  .map((tensors) => new Map(Object.entries(tensors)));

test("what was written is read back, and every tensor is aligned", () => {
  const text = fc.string({ unit: "grapheme" });
  const metadata = fc.array(fc.tuple(text, text)).map((pairs) => new Map(pairs));
  fc.assert(
    fc.property(tensorMap, metadata, (tensors, notes) => {
      const file = readSafetensors(writeSafetensors(tensors, notes));
      expect(file.tensors).toEqual(tensors);
      expect(file.metadata).toEqual(notes);
      for (const { dtype, bytes } of file.tensors.values()) {
        expect(bytes.byteOffset % dtypeBytes[dtype]).toBe(0);
      }
    }),
  );
});

test("wide element types are written first, and then by name", () => {
  const byte: StoredTensor = { dtype: "U8", shape: [1], bytes: new Uint8Array(1) };
  const wide: StoredTensor = { dtype: "I64", shape: [], bytes: new Uint8Array(8) };
  const tensors = new Map(Object.entries({ b: byte, a: byte, z: six([6]), y: wide }));
  expect([...readSafetensors(writeSafetensors(tensors)).tensors.keys()]).toEqual([
    "y",
    "z",
    "a",
    "b",
  ]);
});

test("a file that stands in the middle of a buffer is read", () => {
  const file = writeSafetensors(new Map([["t", six([6])]]));
  const buffer = new Uint8Array(file.length + 20).fill(0xff);
  buffer.set(file, 13);
  const read = readSafetensors(buffer.subarray(13, 13 + file.length));
  expect(read.tensors.get("t")).toEqual(six([6]));
});

test("the tensors are views of the file", () => {
  const file = writeSafetensors(new Map([["t", six([6])]]));
  expect(readSafetensors(file).tensors.get("t")!.bytes.buffer).toBe(file.buffer);
});

test("a file that is cut at any byte is refused", () => {
  const metadata = new Map([["framework", "pt"]]);
  const file = writeSafetensors(new Map(Object.entries({ a: six([2, 3]), b: six([6]) })), metadata);
  for (let length = 0; length < file.length; length++) {
    expect(() => readSafetensors(file.subarray(0, length)), `cut at ${length}`).toThrow(InputError);
  }
});

test("a byte that changed is either harmless or an input error", () => {
  const file = writeSafetensors(new Map(Object.entries({ a: six([2, 3]), b: six([6]) })));
  const position = fc.nat({ max: file.length - 1 });
  fc.assert(
    fc.property(fc.array(fc.tuple(position, fc.nat({ max: 255 }))), (changes) => {
      const changed = file.slice();
      for (const [at, value] of changes) changed[at] = value;
      try {
        for (const tensor of readSafetensors(changed).tensors.values()) {
          const elements = tensor.shape.reduce((product, extent) => product * extent, 1);
          expect(tensor.bytes).toHaveLength(elements * dtypeBytes[tensor.dtype]);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
  );
});

describe("a header that lies is refused", () => {
  const entry = (fields: Readonly<Record<string, unknown>>) =>
    JSON.stringify({ t: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...fields } });
  const pair = (a: readonly number[], b: readonly number[]) =>
    JSON.stringify({
      a: { dtype: "U8", shape: [a[1]! - a[0]!], data_offsets: a },
      b: { dtype: "U8", shape: [b[1]! - b[0]!], data_offsets: b },
    });
  test.each<[what: string, file: Uint8Array, message: string]>([
    ["a length beyond the file", fileOf("{}", 0, 3), "its header has 3 bytes, but 2 follow"],
    ["a length beyond any file", fileOf("{}", 0, 2n ** 64n - 1n), "more than 100000000"],
    ["a header that is not UTF-8", fileOf(new Uint8Array([0x7b, 0xff, 0x7d]), 0), "is not UTF-8"],
    ["a header that is not JSON", fileOf("{", 0), "the header is not JSON"],
    ["a header that is no object", fileOf("[]", 0), "the header does not begin with {"],
    ["leading space", fileOf(" {}", 0), "the header does not begin with {"],
    ["a key twice", fileOf('{"a":1,"\\u0061" :2}', 0), "the header has the key a twice"],
    ["a field twice", fileOf('{"a":{"x":"{\\"","x":1}}', 0), "the header has the key x twice"],
    [
      "metadata that is no object",
      fileOf('{"__metadata__":[]}', 0),
      "__metadata__ is not an object",
    ],
    [
      "metadata that is no text",
      fileOf('{"__metadata__":{"n":1}}', 0),
      "__metadata__ has no text at n",
    ],
    ["an entry that is no object", fileOf('{"t":null}', 0), "t is not an object"],
    ["an unknown dtype", fileOf(entry({ dtype: "F4" }), 8), 't has the unknown dtype "F4"'],
    ["an inherited dtype", fileOf(entry({ dtype: "toString" }), 8), "t has the unknown dtype"],
    ["no dtype", fileOf(entry({ dtype: undefined }), 8), "t has the unknown dtype undefined"],
    ["a negative extent", fileOf(entry({ shape: [-2, -1] }), 8), "t has the shape [-2,-1]"],
    ["a fractional extent", fileOf(entry({ shape: [0.5, 4] }), 8), "t has the shape [0.5,4]"],
    ["an extent that is text", fileOf(entry({ shape: ["2"] }), 8), 't has the shape ["2"]'],
    ["an extent beyond 2^53", fileOf(entry({ shape: [2 ** 53] }), 8), "t has the shape"],
    [
      "a shape that overflows",
      fileOf(entry({ shape: Array(40).fill(2 ** 50) }), 8),
      "t has 8 bytes",
    ],
    ["a shape that is no list", fileOf(entry({ shape: 2 }), 8), "t has the shape 2"],
    ["one offset", fileOf(entry({ data_offsets: [8] }), 8), "t has the data_offsets [8]"],
    [
      "a negative offset",
      fileOf(entry({ data_offsets: [-8, 0] }), 8),
      "t has the data_offsets [-8,0]",
    ],
    [
      "an end before its beginning",
      fileOf(entry({ data_offsets: [8, 0] }), 8),
      "t ends at byte 0, before",
    ],
    ["an end behind the file", fileOf(entry({}), 7), "t ends at byte 8 of 7"],
    ["too few bytes", fileOf(entry({ shape: [3] }), 8), "t has 8 bytes, but F32 [3] takes 12"],
    ["too many bytes", fileOf(entry({ shape: [] }), 8), "t has 8 bytes, but F32 [] takes 4"],
    [
      "an offset that is nearly 0",
      fileOf('{"t":{"dtype":"U8","shape":[],"data_offsets":[5e-324,1]}}', 1),
      "t has the data_offsets [5e-324,1]",
    ],
    [
      "an offset beyond any file",
      fileOf(pair([0, 2 ** 53 - 1], [0, 0]), 0),
      "a ends at byte 9007199254740991 of 0",
    ],
    ["an overlap", fileOf(pair([0, 4], [3, 8]), 8), "b overlaps a"],
    ["the same bytes twice", fileOf(pair([0, 8], [0, 8]), 8), "b overlaps a"],
    ["a gap at the beginning", fileOf(pair([1, 4], [4, 8]), 8), "1 bytes between the header and a"],
    ["a gap", fileOf(pair([0, 4], [5, 8]), 8), "1 bytes between a and b"],
    ["data that belongs to none", fileOf(pair([0, 4], [4, 8]), 10), "2 bytes after b belong to no"],
  ])("%s", (_what, file, message) => {
    expect(() => readSafetensors(file)).toThrow(InputError);
    expect(() => readSafetensors(file)).toThrow(message);
  });
});

test("text that looks like JSON inside of strings is no key", () => {
  const header = '{"__metadata__":{"a":"\\\\","b":"\\"a\\": {","c":"}"}}';
  expect(readSafetensors(fileOf(header, 0)).metadata).toEqual(
    new Map(Object.entries({ a: "\\", b: '"a": {', c: "}" })),
  );
});

test("names that objects inherit are names like any other", () => {
  const tensors = new Map([
    ["__proto__", six([6])],
    ["constructor", six([2, 3])],
  ]);
  expect(readSafetensors(writeSafetensors(tensors)).tensors).toEqual(tensors);
});

test("a tensor that lacks bytes is not written", () => {
  expect(() => writeSafetensors(new Map([["t", six([7])]]))).toThrow(
    "t has 24 bytes, but F32 [7] takes 28",
  );
});

test("a tensor named __metadata__ is not written", () => {
  expect(() => writeSafetensors(new Map([["__metadata__", six([6])]]))).toThrow(InputError);
});

// serde reads a null as an absent object, and so does the Python package (0.8.0).
test("metadata that is null is none", () => {
  expect(readSafetensors(fileOf('{"__metadata__":null}', 0)).metadata).toEqual(new Map());
});

function refusalOf(header: string): string {
  try {
    readSafetensors(fileOf(header, 0));
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error("the header is read");
}

const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

test.each([
  ["a shape nested deep", `{"t":{"dtype":"F32","shape":${deep},"data_offsets":[0,0]}}`],
  ["a dtype nested deep", `{"t":{"dtype":{"a":${deep}},"shape":[],"data_offsets":[0,0]}}`],
  ["metadata nested deep", `{"__metadata__":${deep}}`],
  ["an entry nested deep", `{"t":${deep}}`],
  ["a header nested deep that ends early", `{"t":${"[".repeat(100_000)}`],
  [
    "a shape of a million extents",
    `{"t":{"dtype":"F32","shape":[${"1,".repeat(1e6)}1],"data_offsets":[0,1]}}`,
  ],
  ["a key of a megabyte", `{"${"k".repeat(1e6)}":null}`],
  [
    "a key that moves the cursor",
    `{"a\\u001b[2J\\n# heading":null,"${"\u202e".repeat(50)}":null}`.replaceAll("\\\\", "\\"),
  ],
  ["a dtype of a megabyte", `{"t":{"dtype":"${"F".repeat(1e6)}","shape":[],"data_offsets":[0,0]}}`],
])("%s is refused in a short line", (_what, header) => {
  const message = refusalOf(header);
  expect(message.length).toBeLessThan(250);
  expect(message).toMatch(/^[ -~]+$/);
});
