import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import { readNumber, readNumbers } from "./number-option.ts";

test("a number within the range is read, its ends too", () => {
  expect(readNumber("--batch", "1", { from: 1, to: 8 })).toBe(1);
  expect(readNumber("--batch", "8", { from: 1, to: 8 })).toBe(8);
  expect(readNumber("--threshold", "0.5", { from: 0, to: 1, whole: false })).toBe(0.5);
});

test.each(["", " ", "0", "9", "1.5", "two"])("%j is refused, and the flag named", (text) => {
  const read = () => readNumber("--batch", text, { from: 1, to: 8 });
  expect(read).toThrow(InputError);
  expect(read).toThrow("--batch");
});

test.each([
  ["128..512:64", [128, 192, 256, 320, 384, 448, 512]],
  ["1..16", [1, 2, 4, 8, 16]],
  ["3..10", [3, 6, 10]],
  ["10..15:2", [10, 12, 14]],
  ["7..7", [7]],
])("the span %s stands for %j", (text, values) => {
  expect(readNumbers("--size", [text], { from: 1, to: 4096 })).toEqual(values);
});

test.each([
  ["512..128:64", "begin with the lesser: 128..512:64"],
  ["1..4096:1", "such as 1..4096:65"],
  ["1..5000", "from 1 to 4096"],
  ["..8", "from 1 to 4096"],
  ["8..", "from 1 to 4096"],
  ["8..16:0", "from 1 to 4096"],
  ["1.5..3", "whole number"],
])("the span %s is refused, with a remedy", (text, remedy) => {
  expect(() => readNumbers("--size", [text], { from: 1, to: 4096 })).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining(remedy) }),
  );
});

test("no value at all is refused", () => {
  expect(() => readNumbers("--size", [], { from: 1, to: 8 })).toThrow('--size is ""');
});

test("a number that is given twice is read once", () => {
  expect(readNumbers("--batch", ["1", "8", "1"], { from: 1, to: 8 })).toEqual([1, 8]);
});
