import { expect, test } from "vitest";
import { median } from "../statistics/quantile.ts";
import { seededRandom } from "../statistics/random.ts";
import { type LatencyLimit, type Load, poissonArrivals, rateBounds } from "./load.ts";
import { leastRequests, nextBatch, nextLoad, requestsOf } from "./rate-search.ts";

const limit: LatencyLimit = { probability: 0.9, limitMs: 10 };

/** Searches where a rate up to `highest` keeps the limit beyond doubt, and no other does. */
function search(
  highest: number,
  capacity = 1000,
  verdictAt: (rate: number) => number | null = () => null,
) {
  const loads: Load[] = [];
  for (;;) {
    const next = nextLoad(loads, limit, capacity);
    if (next.end !== null) return { ...next, rates: loads.map(({ rate }) => Math.round(rate)) };
    if (loads.length > 50) throw new Error("the search does not end");
    const ms = next.rate <= highest ? 5 : 20;
    const beyond = verdictAt(next.rate) ?? 0;
    const samplesMs = Array.from({ length: 100 }, (_, index) =>
      index % 10 === 0 && index < 10 * beyond ? 20 : ms,
    );
    loads.push({ rate: next.rate, samplesMs, unanswered: 0 });
  }
}

test("rates rise by half until the limit is broken, and the gap is halved to 5 %", () => {
  const { end, rates } = search(600);
  expect(end).toBe("precise");
  // By hand: 562.5 * 1.5 = 843.75; sqrt(562.5 * 843.75) = 688.9; then 622.5 and 591.7, which are 5.2 %
  // apart, and 606.9, which is 2.6 % above 591.7. What is reported comes twice.
  expect(rates).toEqual([250, 375, 563, 844, 689, 623, 592, 607, 592]);
});

test("where the capacity itself keeps the limit, no higher rate is tried", () => {
  const { end, rates } = search(5000);
  expect(end).toBe("capacity");
  expect(rates).toEqual([250, 375, 563, 844, 1000, 1000]);
});

test("where a tenth of the capacity does not keep the limit, none does", () => {
  expect(search(0)).toEqual({ rate: null, end: "never", rates: [250, 100] });
});

test("a rate of which one cannot tell is tried three times, and then is none", () => {
  const { end, rates } = search(1000, 1000, (rate) => (rate > 800 ? 8 : null));
  expect(end).toBe("precise");
  expect(rates.filter((rate) => rate === 844)).toHaveLength(3);
  expect(rates.at(-1)).toBeLessThan(800);
});

/** The highest rate at which p90 of M/D/1 keeps a limit, by Lindley's recursion and bisection. */
function exactRate(serviceMs: number, limitMs: number): number {
  let [low, high] = [0, 1000 / serviceMs];
  for (let step = 0; step < 10; step++) {
    const rate = (low + high) / 2;
    const latencies = lindley(poissonArrivals(rate, 100_000, seededRandom(step)), serviceMs);
    const p90 = latencies.toSorted((a, b) => a - b)[90_000]!;
    if (p90 <= limitMs) low = rate;
    else high = rate;
  }
  return low;
}

function lindley(arrivals: readonly number[], serviceMs: number): number[] {
  let [waitMs, before] = [-serviceMs, 0];
  return arrivals.map((at) => {
    waitMs = Math.max(0, waitMs + serviceMs - (at - before));
    before = at;
    return waitMs + serviceMs;
  });
}

test("in a queue of its own, the search finds the rate that queueing theory has", () => {
  const serviceMs = 10;
  const wanted = { probability: 0.9, limitMs: 25 };
  const found = Array.from({ length: 11 }, (_, seed) => {
    const loads: Load[] = [];
    const random = seededRandom(100 + seed);
    for (;;) {
      const { rate } = nextLoad(loads, wanted, 1000 / serviceMs);
      if (rate === null) return rateBounds(loads, wanted).kept!;
      const samplesMs = lindley(poissonArrivals(rate, 2000, random), serviceMs);
      loads.push({ rate, samplesMs, unanswered: 0 });
    }
  });
  const share = median(found) / exactRate(serviceMs, wanted.limitMs);
  // What is reported is kept beyond doubt, so it lies below.
  expect(share).toBeGreaterThan(0.88);
  expect(share).toBeLessThan(1.02);
});

// 1 - 0.9^46 - 46 * 0.1 * 0.9^45 = 0.95 (MLPerf's early stopping, at 95 %).
test("a percentile takes so many requests", () => {
  expect([0.5, 0.9, 0.99].map(leastRequests)).toEqual([8, 46, 473]);
});

test("a load has three times as many, and lasts for ten limits, where there is time", () => {
  const size = { leastMs: 1000, mostMs: 10_000, mostRequests: 5000, earlier: 0 };
  expect(requestsOf(10, limit, size)).toBe(100);
  expect(requestsOf(50, limit, size)).toBe(138);
  expect(requestsOf(500, limit, size)).toBe(500);
  expect(requestsOf(500, { ...limit, limitMs: 500 }, size)).toBe(2500);
  expect(requestsOf(9000, limit, size)).toBe(5000);
  expect(requestsOf(1, limit, size)).toBe(46);
  expect(requestsOf(50, limit, { ...size, earlier: 2 })).toBe(552);
});

const batches = (...rates: readonly (readonly [number, number])[]) =>
  nextBatch(
    rates.map((each, index) => ({ batch: 2 ** index, rates: each })),
    8,
  );

test("batches double while a member gains by them", () => {
  expect(batches()).toBe(1);
  expect(batches([100, 90])).toBe(2);
  expect(batches([100, 90], [101, 95])).toBe(4);
  expect(batches([100, 90], [101, 91])).toBeNull();
  expect(batches([1, 1], [2, 2], [3, 3], [4, 4])).toBeNull();
});
