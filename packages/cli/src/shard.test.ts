import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import { readShard, takeShard } from "./shard.ts";

test("a shard is read from i/n", () => {
  expect(readShard("2/4")).toEqual({ index: 2, of: 4 });
});

test.each(["", "2", "0/4", "5/4", "1/0", "1.5/4", "a/b", "1/10001", "1/9007199254740991"])(
  "%j is no shard",
  (text) => {
    expect(() => readShard(text)).toThrow(InputError);
  },
);

test("the shards of a list have each item once, every n-th from the i-th on", () => {
  const items = ["a", "b", "c", "d", "e"];
  expect(takeShard(items, { index: 1, of: 2 })).toEqual(["a", "c", "e"]);
  expect(takeShard(items, { index: 2, of: 2 })).toEqual(["b", "d"]);
});
