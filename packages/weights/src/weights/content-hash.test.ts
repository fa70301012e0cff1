import { createHash } from "node:crypto";
import type { Tensor } from "@sebench/spec";
import { expect, test } from "vitest";
import { contentHash } from "./content-hash.ts";

const one: Tensor = { shape: [2], data: new Float32Array([1, -0]) };
const two: Tensor = { shape: [1, 1], data: new Float32Array([0.5]) };

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

test("the hash is that of the names, shapes and digests in JSON, as Node's own crypto computes it", async () => {
  const text = `[["a.weight",[2],"${sha256(Buffer.from("0000803f00000080", "hex"))}"],["b",[1,1],"${sha256(Buffer.from("0000003f", "hex"))}"]]`;
  const weights = new Map([
    ["a.weight", one],
    ["b", two],
  ]);
  expect(await contentHash(weights)).toBe(sha256(text));
});

test("the order of the map does not count", async () => {
  const forward = new Map(Object.entries({ a: one, b: two }));
  const backward = new Map(Object.entries({ b: two, a: one }));
  expect(await contentHash(forward)).toBe(await contentHash(backward));
});

test.each([
  ["a name", new Map([["b", one]])],
  ["a shape", new Map([["a", { ...one, shape: [1, 2] }]])],
  ["the sign of a zero", new Map([["a", { ...one, data: new Float32Array([1, 0]) }]])],
])("another hash for %s that differs", async (_what, other) => {
  expect(await contentHash(other)).not.toBe(await contentHash(new Map([["a", one]])));
});

test("only the values of a view count, not the rest of its buffer", async () => {
  const data = new Float32Array([7, 1, -0, 7]).subarray(1, 3);
  expect(await contentHash(new Map([["a", { shape: [2], data }]]))).toBe(
    await contentHash(new Map([["a", one]])),
  );
});
