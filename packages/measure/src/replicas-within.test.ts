import { expect, test } from "vitest";
import { replicasWithin } from "./replicas-within.ts";

test.each([
  [8.9, 2, 2],
  [9, 2, 3],
  [60, 8, 20],
  [600, 8, 24],
  [10, 8, 8],
  [600, 30, 30],
])("%f s have %i replicas at least, and are enough for %i", (seconds, fewest, replicas) => {
  expect(replicasWithin(seconds, fewest)).toBe(replicas);
});
