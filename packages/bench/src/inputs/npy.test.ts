import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readZip } from "@sebench/artifacts";
import fc from "fast-check";
import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import { readNpy } from "./npy.ts";

// The files are numpy's own: scripts/make_arrays.py.
const golden = (name: string) => readFile(join(import.meta.dirname, "../../golden", name));

const quarters = Float32Array.from([0, 0.25, 0.5, 0.75, 1, 1.25]);

test("an array has numpy's type, shape and values", async () => {
  expect(readNpy(await golden("image.npy"), "image")).toEqual({
    name: "image",
    type: "float32",
    shape: [1, 2, 3],
    data: quarters,
  });
});

test("arrays of a zip file are read, compressed ones too", async () => {
  const plain = await readZip(await golden("plain.npz"), 1e4);
  expect([...plain.keys()]).toEqual(["image.npy", "count.npy"]);
  const count = readNpy(plain.get("count.npy")!, "count");
  expect(count).toMatchObject({ type: "int64", shape: [2], data: BigInt64Array.from([1n, -2n]) });
  const compressed = await readZip(await golden("compressed.npz"), 1e4);
  const read = (name: string) => readNpy(compressed.get(`${name}.npy`)!, name);
  // A half of 0.5 is 0x3800, and one of -1 is 0xbc00.
  expect(read("half")).toMatchObject({ type: "float16", data: Uint16Array.of(0x3800, 0xbc00) });
  expect(read("mask")).toMatchObject({ type: "bool", data: Uint8Array.of(1, 0) });
  expect(read("scalar")).toMatchObject({ shape: [], data: Float32Array.of(7) });
});

test("a zip file that holds more than it may is refused", async () => {
  await expect(readZip(await golden("plain.npz"), 100)).rejects.toThrow("more than 100 bytes");
});

test.each([
  ["columns.npy", "column by column"],
  ["big-endian.npy", "highest byte first"],
  ["text.npy", "holds no plain numbers"],
  ["plain.npz", "does not begin as such files do"],
])("%s is refused with a remedy", async (name, why) => {
  const bytes = await golden(name);
  expect(() => readNpy(bytes, "x")).toThrow(why);
});

test("no damage ends in another error than the one that says so", async () => {
  const whole = await golden("image.npy");
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }),
      fc.nat(whole.length),
      (changes, length) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          readNpy(bytes.subarray(0, length), "x");
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
