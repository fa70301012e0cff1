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

test("a number that is given twice is read once", () => {
  expect(readNumbers("--batch", ["1", "8", "1"], { from: 1, to: 8 })).toEqual([1, 8]);
});
