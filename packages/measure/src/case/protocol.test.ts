import { expect, test } from "vitest";
import {
  overheadEstimate,
  type OverheadEstimate,
  type PairedRounds,
} from "../measurement/overhead.ts";
import { seededRandom } from "../statistics/random.ts";
import { simulateReplicas } from "../testing/simulated-replicas.ts";
import { replicasWithin, type StopLimits, stopReason } from "./protocol.ts";

const limits: StopLimits = {
  budgetMs: 1000,
  minReplicas: 5,
  maxReplicas: 8,
  targetHalfWidth: 0.005,
};

function estimate(replicas: number, halfWidth: number): OverheadEstimate {
  return {
    ratio: 1,
    interval: [1 - halfWidth, 1 + halfWidth],
    replicas: Array.from({ length: replicas }, () => 1),
    within: [],
    rounds: 10 * replicas,
  };
}

test("a narrow interval ends a case from the sixth replica on", () => {
  expect(stopReason([estimate(5, 0.001)], 500, limits)).toBeNull();
  expect(stopReason([estimate(6, 0.001)], 500, limits)).toBe("precise");
  expect(stopReason([estimate(6, 0.006)], 500, limits)).toBeNull();
});

test("a spent budget ends a case once it has its fewest replicas", () => {
  expect(stopReason([estimate(4, 0.01)], 1500, limits)).toBeNull();
  expect(stopReason([estimate(5, 0.01)], 1500, limits)).toBe("budget");
});

test("the last replica ends a case, which is precise if it came out narrow", () => {
  expect(stopReason([estimate(8, 0.01)], 900, limits)).toBe("budget");
  expect(stopReason([estimate(8, 0.004)], 900, limits)).toBe("precise");
});

test("a single replica is never precise", () => {
  const one = { ratio: 1, interval: null, replicas: [1], within: [], rounds: 5 };
  expect(stopReason([one], 10, { ...limits, minReplicas: 1, maxReplicas: 1 })).toBe("budget");
});

// A replica's estimate has a standard deviation of about 0.4 % here, and targets
// of half to all of that are where stopping early does most harm.
test.each([0.0025, 0.0035])(
  "where cases may stop at a half-width of %f, intervals cover 94 times in 100 at least",
  (targetHalfWidth) => {
    const random = seededRandom(2);
    const simulation = {
      ratio: 1.1,
      replicas: 1,
      rounds: 10,
      betweenReplicas: 0.0025,
      betweenVisits: 0.006,
    };
    const stopAt = { budgetMs: 1000, minReplicas: 3, maxReplicas: 12, targetHalfWidth };
    const trials = 1000;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const replicas: PairedRounds[] = [];
      let last: OverheadEstimate;
      do {
        replicas.push(...simulateReplicas(simulation, random));
        last = overheadEstimate(replicas);
      } while (stopReason([last], 0, stopAt) === null);
      const [low, high] = last.interval!;
      covered += low <= simulation.ratio && simulation.ratio <= high ? 1 : 0;
    }
    expect(covered / trials).toBeGreaterThan(0.94);
  },
);

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
