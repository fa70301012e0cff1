import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { float16Bits, isInfiniteHalf } from "./float16.ts";

function bitsOf(value: number): string {
  return `0x${float16Bits(Float32Array.of(value))[0]!.toString(16).padStart(4, "0")}`;
}

// The bits are those of IEEE 754: https://en.wikipedia.org/wiki/Half-precision_floating-point_format
describe("a half", () => {
  it.each([
    [0, "0x0000"],
    [-0, "0x8000"],
    [1, "0x3c00"],
    [-2, "0xc000"],
    [1 / 3, "0x3555"],
    [65_504, "0x7bff"],
    [2 ** -14, "0x0400"],
    [2 ** -14 - 2 ** -24, "0x03ff"],
    [2 ** -24, "0x0001"],
    [Infinity, "0x7c00"],
    [-Infinity, "0xfc00"],
  ])("of %s has the bits %s", (value, bits) => {
    expect(bitsOf(value)).toBe(bits);
  });

  it.each([
    ["1 + 2^-11 to 1", 1 + 2 ** -11, "0x3c00"],
    ["1 + 3 * 2^-11 to 1 + 2^-9", 1 + 3 * 2 ** -11, "0x3c02"],
    ["2^-25 to 0", 2 ** -25, "0x0000"],
    ["3 * 2^-25 to 2^-23", 3 * 2 ** -25, "0x0002"],
  ])("rounds a tie to even: %s", (_, value, bits) => {
    expect(bitsOf(value)).toBe(bits);
  });

  it("is infinite from 65520 on, and finite below", () => {
    const bits = float16Bits(Float32Array.of(65_520, -65_520, 1e30, 65_519.99));
    expect([...bits].map(isInfiniteHalf)).toEqual([true, true, true, false]);
  });
});

/** Values of every magnitude that a half has, and of a few beyond. */
const values = Float32Array.from({ length: 100_000 }, (_, index) => {
  const mantissa = 1 + ((index * 0.6180339887) % 1);
  return (index % 2 === 0 ? 1 : -1) * mantissa * 2 ** ((index % 44) - 28);
});

const script = `
import sys, numpy
values = numpy.frombuffer(sys.stdin.buffer.read(), dtype="<f4")
with numpy.errstate(over="ignore"):
    sys.stdout.buffer.write(values.astype("<f2").tobytes())`;

/** Debian's Python, which may have numpy; another `python3` may come first on the path. */
const python = "/usr/bin/python3";
const hasNumpy = spawnSync(python, ["-c", "import numpy"]).status === 0;

it.skipIf(!hasNumpy)("halves are numpy's, bit for bit (skipped where numpy is absent)", () => {
  const { stdout } = spawnSync(python, ["-c", script], { input: new Uint8Array(values.buffer) });
  expect(stdout.length).toBe(2 * values.length);
  expect(Buffer.from(float16Bits(values).buffer).equals(stdout)).toBe(true);
});
