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

test("one disturbed replica of five moves neither the overhead nor its interval far", () => {
  const of = (ratios: readonly number[]) =>
    overheadEstimate(ratios.map((ratio) => replica(rounds([10, 10.1, 9.9]), rounds([10 * ratio]))));
  const rounds = (ms: readonly number[]) =>
    Array.from({ length: 12 }, (_, at) => [ms[at % ms.length]!]);
  const disturbed = of([0.985, 1.187, 1.191, 1.194, 1.2]);
  const calm = of([1.183, 1.187, 1.191, 1.194, 1.2]);
  expect(Math.abs(disturbed.ratio - calm.ratio)).toBeLessThan(0.01);
  // By hand: the t interval of the mean of the logarithms is [1.03, 1.28], a half-width of 11 %.
  expect(relativeHalfWidth(disturbed)!).toBeLessThan(0.11 / 3);
});

test("a replica whose rounds vary more counts for less", () => {
  const at = (ratio: number, spread: number) =>
    replica(
      Array.from({ length: 12 }, () => [10]),
      Array.from({ length: 12 }, (_, round) => [10 * ratio * (1 + spread * ((round % 3) - 1))]),
    );
  const steady = [at(1.1, 0.001), at(1.101, 0.001), at(1.1, 0.001)];
  const { ratio: beside } = overheadEstimate([...steady, at(1.13, 0.05)]);
  const { ratio: equal } = overheadEstimate([...steady, at(1.13, 0.001)]);
  expect(beside).toBeLessThan(equal);
  expect(beside).toBeCloseTo(1.1003, 3);
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
  [3, 10, 0.0025],
  [5, 60, 0.0025],
  [5, 20, 0.015],
  [8, 20, 0.04],
])(
  "intervals from %i replicas of %i rounds that differ by %f cover the truth 93 times in 100 at least",
  (replicas, rounds, betweenReplicas) => {
    const random = seededRandom(replicas);
    const drawn = { ...simulation, replicas, rounds, betweenReplicas };
    const covered = coverage(
      1500,
      () => overheadEstimate(simulateReplicas(drawn, random)).interval,
    );
    expect(covered).toBeGreaterThan(0.93);
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
