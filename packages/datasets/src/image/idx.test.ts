import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { InputError } from "@sebench/spec";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readIdx } from "./idx.ts";

/** The file of two grey images of 1 x 3 pixels, byte by byte as the format's definition has it. */
const valid = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "idx-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(bytes: Iterable<number>): Promise<string> {
  const path = join(folder, "file");
  await writeFile(path, Uint8Array.from(bytes));
  return path;
}

function changed(changes: Readonly<Record<number, number>>): number[] {
  return valid.map((byte, index) => changes[index] ?? byte);
}

test("a plain file gives its shape and its values", async () => {
  const { shape, data } = await readIdx(await write(valid), 3);
  expect(shape).toEqual([2, 1, 3]);
  expect([...data]).toEqual([10, 20, 30, 40, 50, 60]);
});

test("a gzipped file gives the same", async () => {
  const { shape, data } = await readIdx(await write(gzipSync(Uint8Array.from(valid))), 3);
  expect(shape).toEqual([2, 1, 3]);
  expect([...data]).toEqual([10, 20, 30, 40, 50, 60]);
});

test.for([
  ["the magic number", changed({ 1: 1 }), "two zero bytes"],
  ["the type of the values", changed({ 2: 0x0d }), "type code 13"],
  ["the number of axes", changed({ 3: 2 }), "it has 2 axes"],
  ["the extent of an axis", changed({ 7: 0 }), "an axis is empty: 0 x 1 x 3"],
  ["a header cut short", valid.slice(0, 9), "header is truncated"],
  ["an empty file", [], "it has 0 bytes"],
  ["values cut short", valid.slice(0, -1), "announces 6 values, and 5 follow"],
  ["values left over", [...valid, 70], "announces 6 values, and 7 follow"],
] as const)("bad input names its cause: %s", async ([, bytes, message]) => {
  const failure = readIdx(await write(bytes), 3);
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow(message);
});

test("truncated gzip is bad input", async () => {
  const path = await write(gzipSync(Uint8Array.from(valid)).subarray(0, 20));
  const failure = readIdx(path, 3);
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow("truncated or damaged");
});

test("a missing file is bad input that names the path", async () => {
  const path = join(folder, "missing");
  const failure = readIdx(path, 3);
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow(path);
});

test("a header cut short inside gzip is told as in a plain file", async () => {
  const path = await write(gzipSync(Uint8Array.from(valid.slice(0, 9))));
  await expect(readIdx(path, 3)).rejects.toThrow("header is truncated");
});

test("gzip of more than its header announces is not unpacked to its end", async () => {
  const bomb = Buffer.concat([Uint8Array.from(valid), Buffer.alloc(2 ** 24)]);
  const failure = readIdx(await write(gzipSync(bomb)), 3);
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow("announces 6 values, and more follow");
});

test.for([
  ["plain", (bytes: Uint8Array) => bytes],
  ["gzipped", (bytes: Uint8Array) => gzipSync(bytes)],
] as const)(
  "a %s file that announces more than 1 GiB is refused by its header",
  async ([, pack]) => {
    const announcing = changed({ 4: 0, 5: 0x3d, 6: 9, 7: 0, 11: 28, 15: 28 });
    const failure = readIdx(await write(pack(Uint8Array.from(announcing))), 3);
    await expect(failure).rejects.toThrow(InputError);
    await expect(failure).rejects.toThrow(
      "announces 3136000000 values, and at most 1073741824 are read",
    );
  },
);
