import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSafetensors } from "./read-safetensors.ts";
import type { StoredTensor } from "./stored-tensor.ts";
import { fromWeights, toWeights } from "./stored-weights.ts";

function fileOf(tensors: Readonly<Record<string, StoredTensor>>) {
  return { tensors: new Map(Object.entries(tensors)), metadata: new Map<string, string>() };
}

/** Bytes from hex in a new buffer, `offset` bytes from its beginning. */
function bytesAt(offset: number, hex: string): Uint8Array {
  const bytes = Buffer.from(hex, "hex");
  const view = new Uint8Array(offset + bytes.length).subarray(offset);
  view.set(bytes);
  return view;
}

test("aligned float32 is not copied", () => {
  const bytes = bytesAt(4, "0000803f");
  const { data } = toWeights(fileOf({ t: { dtype: "F32", shape: [1], bytes } })).get("t")!;
  expect([...data]).toEqual([1]);
  expect(data.buffer).toBe(bytes.buffer);
});

test.each([
  ["an array", bytesAt(3, "0000803f000000c0")],
  ["Node's Buffer, whose slices are views", Buffer.from(bytesAt(3, "0000803f000000c0").buffer, 3)],
])("float32 that is not aligned is read from %s", (_what, bytes) => {
  const { data } = toWeights(fileOf({ t: { dtype: "F32", shape: [2], bytes } })).get("t")!;
  expect([...data]).toEqual([1, -2]);
});

// IEEE 754: binary16 has 0x3c00 for 1, 0xc000 for -2, 0x7bff for 65504, 0x0001 for 2^-24, 0x03ff for
// the largest subnormal, 0x3555 for 1365/4096, 0x8000 for -0; bfloat16 is the upper half of binary32.
test.each<[StoredTensor["dtype"], string, readonly number[]]>([
  ["F64", "9a9999999999b93f000000000000f0bf", [Math.fround(0.1), -1]],
  [
    "F16",
    "003c00c0ff7b0100ff0355350080",
    [1, -2, 65504, 2 ** -24, 1023 * 2 ** -24, 1365 / 4096, -0],
  ],
  ["F16", "007c00fc017e", [Infinity, -Infinity, Number.NaN]],
  ["BF16", "803f00c0493e807f", [1, -2, 0.1962890625, Infinity]],
])("%s of the bytes %s is converted", (dtype, hex, expected) => {
  const bytes = bytesAt(1, hex);
  const { data } = toWeights(fileOf({ t: { dtype, shape: [expected.length], bytes } })).get("t")!;
  expect([...data]).toEqual(expected);
});

test("PyTorch's counters of batches are left out, and no other integers", () => {
  const counter: StoredTensor = { dtype: "I64", shape: [], bytes: new Uint8Array(8) };
  expect(toWeights(fileOf({ "bn1.num_batches_tracked": counter })).size).toBe(0);
  expect(() => toWeights(fileOf({ "bn1.weight": counter }))).toThrow(
    "bn1.weight is I64, and weights are floating point",
  );
});

test("weights are stored as float32, in their own bytes, and come back as they were", () => {
  const data = new Float32Array([9, 0.1, -3]).subarray(1);
  const weights = new Map([["fc.bias", { shape: [2], data }]]);
  const stored = fromWeights(weights);
  expect(stored.get("fc.bias")!.bytes.buffer).toBe(data.buffer);
  expect(toWeights({ tensors: stored, metadata: new Map() })).toEqual(weights);
});

const golden = (name: string) => readFileSync(new URL(`../../golden/${name}`, import.meta.url));

test("a file that safetensors wrote is read as PyTorch reads it, in each element type", () => {
  const file = readSafetensors(golden("dtypes.safetensors"));
  const dtypes = [...file.tensors].map(([name, { dtype }]) => [name, dtype]);
  expect(Object.fromEntries(dtypes)).toEqual({
    single: "F32",
    half: "F16",
    brain: "BF16",
    double: "F64",
  });
  const read = [...toWeights(file)].map(([name, { data }]) => [name, [...data]]);
  expect(Object.fromEntries(read)).toEqual(JSON.parse(golden("dtypes.json").toString("utf8")));
});
