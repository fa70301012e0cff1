import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import { percentileInterval } from "../statistics/order-statistic.ts";
import { ascending, median } from "../statistics/quantile.ts";
import { seededRandom } from "../statistics/random.ts";
import { simulateReplicas } from "../testing/simulated-replicas.ts";
import { overheadEstimate, type PairedRounds, relativeHalfWidth } from "./overhead.ts";

function replica(plain: number[][], se: number[][]): PairedRounds {
  return { members: { plain: { samplesMs: plain }, se: { samplesMs: se } } };
}

const truth = 1.1;
// The spread is that of onnxruntime-node on two shared cores: A/A replicas differ by 0.25
// %, rounds by 1 %.
const simulation = { ratio: truth, betweenReplicas: 0.0025, betweenVisits: 0.006 };

function coverage(trials: number, interval: () => readonly [number, number] | null): number {
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const [low, high] = interval()!;
    covered += low <= truth && truth <= high ? 1 : 0;
  }
  return covered / trials;
}

test("the ratio is SE's time over plain's, from the medians of their visits", () => {
  const { ratio, replicas, rounds } = overheadEstimate([replica([[10, 10, 99]], [[12, 12, 11]])]);
  expect(ratio).toBeCloseTo(1.2, 12);
  expect(replicas[0]).toBeCloseTo(1.2, 12);
  expect(rounds).toBe(1);
});

test("a machine that slows down for a round does not change the ratio", () => {
  const plain = [[10], [10], [30], [10], [70]];
  const se = plain.map(([ms]) => [ms! * 1.05]);
  expect(overheadEstimate([replica(plain, se)]).ratio).toBeCloseTo(1.05, 12);
});

// By hand: the logarithms have mean ln(1.1) and standard deviation 0.01, and t
// at 2 degrees of freedom is 4.3027, so the half-width is 4.3027 * 0.01 / sqrt(3).
test("the interval is the t interval of the replicas' log-ratios", () => {
  const replicas = [-0.01, 0, 0.01].map((shift) => replica([[10]], [[11 * Math.exp(shift)]]));
  const { ratio, interval } = overheadEstimate(replicas);
  expect(ratio).toBeCloseTo(1.1, 12);
  expect(interval?.[0]).toBeCloseTo(1.1 * Math.exp(-0.024_841_7), 6);
  expect(interval?.[1]).toBeCloseTo(1.1 * Math.exp(0.024_841_7), 6);
});

test("one replica gives no interval", () => {
  const estimate = overheadEstimate([replica([[10], [10]], [[11], [11]])]);
  expect(estimate.interval).toBeNull();
  expect(relativeHalfWidth(estimate)).toBeNull();
});

test("a visit whose median run took no time at all is refused", () => {
  expect(() => overheadEstimate([replica([[0, 0, 0.1]], [[0.1, 0.1, 0.1]])])).toThrow(InputError);
});

test.each([
  [3, 10],
  [3, 60],
  [5, 20],
  [7, 20],
  [10, 20],
])(
  "intervals from %i replicas of %i rounds cover the truth 93 to 97 times in 100",
  (replicas, rounds) => {
    const random = seededRandom(replicas);
    const covered = coverage(
      3000,
      () =>
        overheadEstimate(simulateReplicas({ ...simulation, replicas, rounds }, random)).interval,
    );
    expect(covered).toBeGreaterThan(0.93);
    expect(covered).toBeLessThan(0.97);
  },
);

// The interval of the median of rounds is exact for independent rounds: what it
// misses here is that rounds of a replica share an offset.
test("intervals that take rounds for independent miss the truth half of the time", () => {
  const random = seededRandom(1);
  const covered = coverage(500, () => {
    const replicas = simulateReplicas({ ...simulation, replicas: 5, rounds: 240 }, random);
    const ratios = replicas.flatMap(({ members: { plain, se } }) =>
      se.samplesMs.map((visit, round) => median(visit) / median(plain.samplesMs[round]!)),
    );
    return percentileInterval(ascending(ratios), 0.5);
  });
  expect(covered).toBeLessThan(0.7);
});
