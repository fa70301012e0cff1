import { expect, test } from "vitest";
import { defaultProtocol, type ReplicaCost, replicasToCome } from "./protocol.ts";

/** A replica of ten rounds of 100 ms, whose logarithms of ratios lie `distance` around 0. */
function cost(distance: number, startMs: number): ReplicaCost {
  const logs = Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? distance : -distance));
  return { startMs, roundsMs: 1000, logs: [logs] };
}

// By hand: the winsorized variance of the ten rounds is 10/9 d^2, that of the trimmed mean
// 10/9 d^2 / (0.6^2 * 10), and T1 ten times as much. With T2 = 0.3 % squared and d so that T1 is 16
// times T2, and a start of 400 ms, sqrt(4 * 16) = 8 rounds are best: 1.2 s for a replica.
const distance = 0.003 * Math.sqrt((16 * 9 * 0.36) / 10);
const protocol = { ...defaultProtocol, budgetMs: 13_400, minReplicas: 3, maxReplicas: 24 };

test("what is left is split into replicas of the best number of rounds", () => {
  expect(replicasToCome([cost(distance, 400)], 12_001, protocol)).toBe(10);
  expect(replicasToCome([cost(2 * distance, 400)], 12_001, protocol)).toBe(6);
});

test("the start of the first replica, which loads what the engine keeps, does not count", () => {
  const later = cost(distance, 400);
  expect(replicasToCome([cost(distance, 4000), later], 12_001, protocol)).toBe(
    replicasToCome([later, later], 12_001, protocol),
  );
});

test("starts take no more than 40 % of a case's time, but for the fewest replicas", () => {
  expect(replicasToCome([cost(0, 2000)], 12_000, protocol)).toBe(2);
  expect(replicasToCome([cost(0, 800)], 12_000, protocol)).toBe(5);
});

test("there are no more replicas than asked for, and one at least", () => {
  expect(replicasToCome([cost(distance, 1)], 12_000, protocol)).toBe(23);
  expect(replicasToCome([cost(distance, 400)], 0, { ...protocol, minReplicas: 1 })).toBe(1);
});
