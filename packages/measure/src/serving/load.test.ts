import { expect, test } from "vitest";
import { seededRandom } from "../statistics/random.ts";
import { mean, variance } from "../statistics/trimmed-mean.ts";
import {
  judgeLoads,
  OpenLoop,
  percentileOfLoads,
  poissonArrivals,
  rateBounds,
  type Sending,
} from "./load.ts";

/** Drives an open loop in virtual time, with workers that take the time which `serviceMs` gives. */
function simulate(
  arrivals: readonly number[],
  workers: number,
  serviceMs: (request: number) => number,
) {
  const loop = new OpenLoop(arrivals, workers);
  const busy: { readonly endMs: number; readonly sending: Sending }[] = [];
  let next = 0;
  const send = (sendings: readonly Sending[], nowMs: number) => {
    for (const sending of sendings) {
      busy.push({ endMs: nowMs + serviceMs(sending.request), sending });
    }
    busy.sort((a, b) => a.endMs - b.endMs);
  };
  while (!loop.isDone) {
    const dueMs = arrivals[next] ?? Infinity;
    if (busy.length > 0 && busy[0]!.endMs <= dueMs) {
      const { endMs, sending } = busy.shift()!;
      send(loop.answer(sending, endMs), endMs);
    } else {
      next += 1;
      send(loop.due(dueMs), dueMs);
    }
  }
  return loop;
}

const gapsOf = (arrivals: readonly number[]) =>
  arrivals.map((ms, index) => ms - (arrivals[index - 1] ?? 0));

// An exponential distribution of rate 50/s has mean and standard deviation 20 ms, and a share of
// exp(-1) of it lies above the mean.
test("gaps between requests are exponential", () => {
  const gaps = gapsOf(poissonArrivals(50, 200_000, seededRandom(1)));
  expect(mean(gaps)).toBeCloseTo(20, 0);
  expect(Math.sqrt(variance(gaps))).toBeCloseTo(20, 0);
  expect(gaps.filter((ms) => ms > 20).length / gaps.length).toBeCloseTo(Math.exp(-1), 2);
});

// In a Poisson process, the variance of the number of arrivals in a second is its mean.
test("the number of requests in a second varies as a Poisson process's does", () => {
  const counts = Array.from({ length: 2000 }, () => 0);
  for (const ms of poissonArrivals(50, 101_000, seededRandom(2))) {
    const second = Math.floor(ms / 1000);
    if (second < counts.length) counts[second]! += 1;
  }
  expect(mean(counts)).toBeCloseTo(50, 0);
  expect(variance(counts) / mean(counts)).toBeCloseTo(1, 0.9);
});

test("a seed gives the same arrivals again, and another seed others", () => {
  const of = (seed: number) => poissonArrivals(10, 5, seededRandom(seed));
  expect(of(7)).toEqual(of(7));
  expect(of(7)).not.toEqual(of(8));
});

// Pollaczek and Khinchine: the mean wait of M/D/1 is rho / (2 (1 - rho)) service times.
test.each([0.3, 0.6, 0.8, 0.9])("at utilisation %d, one worker waits as M/D/1 does", (rho) => {
  const serviceMs = 10;
  const arrivals = poissonArrivals((1000 * rho) / serviceMs, 400_000, seededRandom(3));
  const { samplesMs } = simulate(arrivals, 1, () => serviceMs);
  const waitMs = mean(samplesMs) - serviceMs;
  const expected = (serviceMs * rho) / (2 * (1 - rho));
  expect(waitMs / expected).toBeGreaterThan(0.96);
  expect(waitMs / expected).toBeLessThan(1.04);
});

// Erlang C with 2 servers at rho = 0.7: 0.5765 of the requests wait, for 1 / (2 mu - lambda) on average.
test("two workers with exponential service wait as M/M/2 does", () => {
  const [serviceMs, rho] = [10, 0.7];
  const random = seededRandom(4);
  const services = Array.from({ length: 400_000 }, () => -serviceMs * Math.log(1 - random()));
  const arrivals = poissonArrivals((2 * 1000 * rho) / serviceMs, services.length, seededRandom(5));
  const { samplesMs } = simulate(arrivals, 2, (request) => services[request]!);
  const waitMs = mean(samplesMs) - serviceMs;
  const erlangC = (2 * rho ** 2) / (1 + rho);
  const expected = (erlangC * serviceMs) / (2 * (1 - rho));
  expect(waitMs / expected).toBeGreaterThan(0.96);
  expect(waitMs / expected).toBeLessThan(1.04);
});

// Lindley's recursion, which knows nothing of queues: W' = max(0, W + S - gap).
test("each latency is that of Lindley's recursion", () => {
  const arrivals = poissonArrivals(80, 1000, seededRandom(6));
  const random = seededRandom(7);
  const services = arrivals.map(() => 20 * random());
  let [waitMs, before] = [0, 0];
  const expected = gapsOf(arrivals).map((gap, index) => {
    waitMs = Math.max(0, waitMs + before - gap);
    before = services[index]!;
    return waitMs + before;
  });
  const { samplesMs } = simulate(arrivals, 1, (request) => services[request]!);
  for (const [index, ms] of samplesMs.entries()) expect(ms).toBeCloseTo(expected[index]!, 6);
});

// A request every 10 ms, and a worker that takes 1 ms but once a second: those that are due meanwhile
// have waited 990, 981, ... ms. Who waits for each answer before the next request would see it once.
test("a worker that stops once is seen by every request that was due meanwhile", () => {
  const arrivals = Array.from({ length: 400 }, (_, index) => 10 * index);
  const { samplesMs } = simulate(arrivals, 1, (request) => (request === 100 ? 1000 : 1));
  expect(samplesMs.slice(99, 104)).toEqual([1, 1000, 991, 982, 973]);
  expect(samplesMs.filter((ms) => ms > 500).length).toBeGreaterThan(50);
});

test("the worker that has been idle for longest takes the next request", () => {
  const loop = new OpenLoop([0, 10, 20], 2);
  const [first] = loop.due(0);
  expect(first).toEqual({ worker: 0, request: 0 });
  expect(loop.answer(first!, 5)).toEqual([]);
  expect(loop.due(10)).toEqual([{ worker: 1, request: 1 }]);
  expect(loop.due(23)).toEqual([{ worker: 0, request: 2 }]);
  expect(loop.latestMs).toBe(3);
});

const limit = { probability: 0.9, limitMs: 10 };
/** A load whose late requests lie apart, so that they are as good as independent. */
function load(rate: number, within: number, beyond: number, unanswered = 0) {
  const count = within + beyond;
  const samplesMs = Array.from({ length: count }, (_, index) => {
    const [before, after] = [index, index + 1].map((at) => Math.floor((at * beyond) / count));
    return after! > before! ? 11 : 9;
  });
  return { rate, samplesMs, unanswered };
}

// For 100 requests the interval of p90 is from the 84th to the 96th (David & Nagaraja 2003), so it
// lies within the limit where at most 4 are beyond it, and above it where 17 or more are.
test.each([
  [96, 4, "keeps"],
  [95, 5, "cannot tell"],
  [84, 16, "cannot tell"],
  [83, 17, "breaks"],
] as const)("of 100 requests, %i within the limit and %i beyond: %s", (within, beyond, verdict) => {
  expect(judgeLoads([load(1, within, beyond)], limit)).toBe(verdict);
});

test("requests without an answer are beyond every limit, and leave no percentile", () => {
  expect(judgeLoads([load(1, 96, 0, 4)], limit)).toBe("keeps");
  expect(judgeLoads([load(1, 83, 0, 17)], limit)).toBe("breaks");
  expect(percentileOfLoads([load(1, 96, 0, 4)], 0.9)).toBeNull();
  expect(percentileOfLoads([load(1, 30, 0), load(1, 30, 0)], 0.9)).toMatchObject({ ms: 9 });
});

test("requests that are too few for the percentile tell nothing, also where all are late", () => {
  expect(judgeLoads([load(1, 45, 0)], limit)).toBe("cannot tell");
  expect(judgeLoads([load(1, 46, 0)], limit)).toBe("keeps");
  expect(judgeLoads([load(1, 40, 0), load(1, 40, 0)], limit)).toBe("keeps");
});

test("a rate above one that does not keep the limit is no bound", () => {
  const loads = [load(1, 100, 0), load(4, 100, 0), load(2, 0, 100)];
  expect(rateBounds(loads, limit)).toEqual({ kept: 1, notKept: 2 });
  expect(rateBounds(loads.slice(0, 2), limit)).toEqual({ kept: 4, notKept: null });
  expect(rateBounds(loads.slice(2), limit)).toEqual({ kept: null, notKept: 2 });
});

// In bursts of b equal requests, only one in b is independent of those before: 200 requests in bursts of
// 10 are as good as some 20, which do not carry p90, and 2,000 are as good as some 200.
test("requests that are late together count as fewer", () => {
  const random = seededRandom(8);
  const bursts = (count: number) =>
    Array.from({ length: count }, () => (random() < 0.05 ? 11 : 5 + 4 * random())).flatMap((ms) =>
      Array.from({ length: 10 }, () => ms),
    );
  const judged = (count: number) =>
    judgeLoads([{ rate: 1, samplesMs: bursts(count), unanswered: 0 }], limit);
  expect(judged(20)).toBe("cannot tell");
  expect(judged(400)).toBe("keeps");
});

test("where every request is late, the limit is broken however they depend on each other", () => {
  const samplesMs = Array.from({ length: 100 }, (_, index) => 11 + Math.floor(index / 50));
  expect(judgeLoads([{ rate: 1, samplesMs, unanswered: 0 }], limit)).toBe("breaks");
});
