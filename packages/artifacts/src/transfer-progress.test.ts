import { expect, it } from "vitest";
import { transferProgress } from "./download.ts";

/** The lines of progress for bytes received at times in milliseconds. */
function linesOf(total: number | null, received: readonly (readonly [number, number])[]): string[] {
  const lines: string[] = [];
  let time = 0;
  const tell = transferProgress(
    "it",
    total,
    (line) => lines.push(line),
    () => time,
  );
  for (const [at, bytes] of received) {
    time = at;
    tell(bytes);
  }
  return lines;
}

it("tells one line a second of a fast transfer", () => {
  const fast = Array.from({ length: 30 }, (_, index) => [index * 100, index * 1e6] as const);
  expect(linesOf(100e6, fast)).toEqual(["it: 10 of 100 MB (10 %)", "it: 20 of 100 MB (20 %)"]);
});

it("tells a line each 5 % of a slow one", () => {
  const slow = Array.from({ length: 11 }, (_, index) => [index * 1_500, index * 1e6] as const);
  expect(linesOf(100e6, slow)).toEqual(["it: 5.0 of 100 MB (5 %)", "it: 10 of 100 MB (10 %)"]);
});

it("tells a line in 10 seconds of one that hardly moves", () => {
  expect(
    linesOf(100e6, [
      [9_000, 1e5],
      [10_000, 2e5],
    ]),
  ).toEqual(["it: 0.2 of 100 MB (0 %)"]);
});

it("tells the end", () => {
  expect(linesOf(2e6, [[10, 2e6]])).toEqual(["it: 2.0 of 2.0 MB (100 %)"]);
});

it("tells no share of a size that it does not know", () => {
  expect(linesOf(null, [[10_000, 2e6]])).toEqual(["it: 2.0 MB"]);
});
