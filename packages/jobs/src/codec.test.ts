import { expect, test } from "vitest";
import { decodeMessage, encodeMessage } from "./codec.ts";
import { JobError } from "./job.ts";

const sent = (message: unknown) => decodeMessage(encodeMessage(message));

test("typed arrays keep their type and every bit", () => {
  const message = {
    logits: new Float32Array([0.1, -0, 1e-45, 3.4e38, NaN, Infinity]),
    oracle: new Float64Array([0.1, -0, 5e-324, Math.PI]),
    empty: new Float64Array(0),
    halves: Uint16Array.of(0x3c00, 0xffff),
    bytes: Int8Array.of(-128, 127),
    counts: BigInt64Array.of(-1n, 2n ** 62n + 1n),
    ids: BigUint64Array.of(2n ** 64n - 1n),
  };
  expect(sent(message)).toEqual(message);
  expect(Object.is((sent(message) as typeof message).logits[1], -0)).toBe(true);
});

test("a part of a larger array arrives without the rest", () => {
  expect(sent(new Float32Array([1, 2, 3, 4]).subarray(1, 3))).toEqual(new Float32Array([2, 3]));
});

test("samples keep every digit", () => {
  const samples = [[[0.60584700000026, 4.751511999999868]]];
  expect(sent(samples)).toEqual(samples);
});

test("numbers that are not finite do not become null", () => {
  expect(sent([NaN, Infinity, -Infinity])).toEqual([NaN, Infinity, -Infinity]);
});

test.each([
  "",
  "{",
  '{"$array": "constructor", "base64": ""}',
  '{"$array": "Float32Array"}',
  '{"$array": "Float32Array", "base64": "AAA="}',
])("%j is no message, and fails the job alone", (text) => {
  expect(() => decodeMessage(text)).toThrow(JobError);
});

test("what it cannot carry is an error, not another thing", () => {
  const pixels = new Uint8ClampedArray(2);
  expect(() => encodeMessage({ pixels })).toThrow("Uint8ClampedArray");
});
