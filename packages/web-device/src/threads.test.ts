import { expect, it } from "vitest";
import { otherThreads } from "./threads.ts";

it("is content with the threads that were asked for, at work", () => {
  expect(otherThreads(2, { pool: 2, busy: 2 }, true)).toBeNull();
  expect(otherThreads(1, { pool: 1, busy: 1 }, false)).toBeNull();
});

it("names the lack of isolation where a thread is missing", () => {
  expect(otherThreads(2, { pool: 1, busy: 1 }, false)).toContain("not cross-origin isolated");
});

it("does not blame isolation where the page has it", () => {
  expect(otherThreads(4, { pool: 2, busy: 2 }, true)).toBe(
    "4 threads were asked for, and the engine has 2",
  );
});

it("takes a second thread that never worked for no proof", () => {
  expect(otherThreads(2, { pool: 2, busy: 1 }, true)).toContain("no thread but the caller's");
});
