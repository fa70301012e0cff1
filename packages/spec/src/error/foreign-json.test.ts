import { expect, test } from "vitest";
import { parseForeignJson } from "./foreign-json.ts";

test.each([
  ["lists", "[".repeat(100_000)],
  ["objects", '{"a":'.repeat(100_000)],
])("%s that are nested a hundred thousand deep are a short error", (_, text) => {
  expect(() => parseForeignJson(text)).toThrow(/^its lists and objects are nested/);
});

test("brackets in texts, and beside each other, are no depth", () => {
  const value = { text: `${"[".repeat(1000)}\\"{`, lists: Array.from({ length: 1000 }, () => []) };
  expect(parseForeignJson(JSON.stringify(value))).toEqual(value);
});

test("a hundred levels are read", () => {
  const text = `${"[".repeat(100)}${"]".repeat(100)}`;
  expect(JSON.stringify(parseForeignJson(text))).toBe(text);
});
