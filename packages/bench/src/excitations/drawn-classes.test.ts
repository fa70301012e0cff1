import { expect, test } from "vitest";
import { drawnClasses, readClasses } from "./describe-excitations.ts";

const names = ["goldfish, Carassius auratus", "pug", "plane", "cliff", "7"];

test.each([
  [["plane,pug"], [2, 1]],
  [
    ["pug", "3"],
    [1, 3],
  ],
  [["goldfish, Carassius auratus"], [0]],
  [["pug,pug"], [1]],
  [["7"], [4]],
])("%j are the classes %j", (texts, labels) => {
  expect(readClasses(texts, names)).toEqual(labels);
});

test.each([
  [["dog"], 'does not know "dog"'],
  [["9"], 'does not know "9"'],
  [["0,1,2,3,4"], "names 5 classes"],
  [[" , "], "names 0 classes"],
])("%j is refused", (texts, message) => {
  expect(() => readClasses(texts, names)).toThrow(message);
});

test("classes without names go by number", () => {
  expect(readClasses(["12,3"], null)).toEqual([12, 3]);
  expect(() => readClasses(["pug"], null)).toThrow('does not know "pug"');
});

test("the first four that were seen are drawn where none are named", () => {
  const seen = new Map([2, 5, 6, 8, 9].map((label) => [label, null]));
  expect(drawnClasses(null, seen, null)).toEqual([2, 5, 6, 8]);
  expect(drawnClasses([9, 2], seen, null)).toEqual([9, 2]);
});

test("a named class without an image is refused", () => {
  expect(() => drawnClasses([1], new Map([[0, null]]), names)).toThrow("no image is of class pug");
});
