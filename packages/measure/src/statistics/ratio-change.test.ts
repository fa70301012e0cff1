import { expect, test } from "vitest";
import { overheadEstimate } from "../measurement/overhead.ts";
import { simulateReplicas } from "../testing/simulated-replicas.ts";
import { seededRandom } from "./random.ts";
import { effectToBeFound, ratioChange, type RatioReplicas } from "./ratio-change.ts";

const of = (replicas: readonly number[]): RatioReplicas => ({ replicas });
const errors = [
  { error: 0.004, rounds: 12 },
  { error: 0.006, rounds: 14 },
  { error: 0.005, rounds: 12 },
  { error: 0.005, rounds: 12 },
  { error: 0.008, rounds: 6 },
];
const base = { replicas: [1.04, 1.052, 1.047, 1.061, 1.05], within: errors };
const head = { replicas: [1.083, 1.071, 1.098, 1.079], within: errors.slice(0, 4) };

// The values come from NumPy: the densities of `posteriorOf` at 20,001 points each, and the
// distribution of the difference by interpolation in their sums.
test.each([
  [of(base.replicas), of(head.replicas), 0, [1.03033, 1.01122, 1.05092, 0.00495]],
  [of(base.replicas), of(head.replicas), 4e-5, [1.03046, 1.00465, 1.05741, 0.02239]],
  [base, head, 0, [1.03083, 1.01385, 1.04926, 0.0052]],
  [base, head, 4e-5, [1.03092, 1.0063, 1.05664, 0.01663]],
] as const)(
  "a change is the difference of the runs' posteriors (%#)",
  (from, to, noise, expected) => {
    const { ratio, interval, pValue } = ratioChange(from, to, noise)!;
    const found = [ratio, ...interval, pValue];
    expected.forEach((value, at) => expect(Math.abs(found[at]! - value)).toBeLessThan(3e-4));
  },
);

test("the change back is its inverse, and as likely", () => {
  const there = ratioChange(base, head)!;
  const back = ratioChange(head, base)!;
  expect(back.ratio).toBeCloseTo(1 / there.ratio, 4);
  expect(back.interval[0]).toBeCloseTo(1 / there.interval[1], 4);
  expect(back.pValue).toBeCloseTo(there.pValue, 4);
});

test.each([
  { one: [1, 1, 1], other: [1, 1, 1], pValue: 1 },
  { one: [1, 1, 1], other: [2, 2, 2], pValue: 0 },
])("from $one to $other, nothing varies and p is $pValue", ({ one, other, pValue }) => {
  const change = ratioChange(of(one), of(other))!;
  expect(change.ratio).toBeCloseTo(other[0]! / one[0]!, 6);
  expect(change.pValue).toBeCloseTo(pValue, 9);
});

test("one replica on either side gives no test", () => {
  expect(ratioChange(of([1.05]), head)).toBeNull();
  expect(ratioChange(base, of([1.05]))).toBeNull();
  expect(effectToBeFound(base, of([1.05]), 0.01)).toBeNull();
});

test("nothing more is needed for what is found as it is", () => {
  expect(effectToBeFound(base, head, 0.01)).toBe(0);
});

test.each([0, 4e-5])("ratios that are larger by the effect are just found (noise %s)", (noise) => {
  const effect = effectToBeFound(head, base, 0.01, noise)!;
  const larger = { ...base, replicas: base.replicas.map((ratio) => ratio * (1 + effect)) };
  expect(ratioChange(head, larger, noise)!.pValue).toBeCloseTo(0.01, 4);
});

test("a slowdown of 5 % is found where the rounds vary much and are many", () => {
  const random = seededRandom(5);
  const setting = { replicas: 5, rounds: 25, betweenReplicas: 0.0025, betweenVisits: 0.03 };
  const run = (ratio: number) => overheadEstimate(simulateReplicas({ ...setting, ratio }, random));
  const found = Array.from(
    { length: 200 },
    () => ratioChange(run(1.1), run(1.155))!.pValue <= 0.01,
  );
  // It is 93 in 100 (`bench/gate-power.ts`).
  expect(found.filter(Boolean).length).toBeGreaterThan(170);
});

test("a disturbed replica does not hide a change of five replicas or more", () => {
  const calm = [1.101, 1.097, 1.103, 1.099, 1.1, 1.102];
  const disturbed = [1.101, 0.95, 1.103, 1.099, 1.1, 1.102];
  const slower = calm.map((ratio) => 1.05 * ratio);
  for (const from of [calm, disturbed]) {
    const change = ratioChange(of(from), of(slower))!;
    expect(change.ratio).toBeCloseTo(1.05, 2);
    expect(change.pValue).toBeLessThan(1e-4);
    expect(ratioChange(of(from), of(calm))!.pValue).toBeGreaterThan(0.1);
  }
});

test.each([0.006, 0.03])(
  "where nothing changed and visits differ by %s, 1 test in 100 finds a change at most",
  (betweenVisits) => {
    const random = seededRandom(3);
    const setting = { ratio: 1.1, replicas: 6, rounds: 10, betweenReplicas: 0.005, betweenVisits };
    const run = (): RatioReplicas => {
      const { replicas, within } = overheadEstimate(simulateReplicas(setting, random));
      return { replicas: replicas.map((each) => each * (random() < 0.1 ? 1.04 : 1)), within };
    };
    const found = Array.from({ length: 1000 }, () => ratioChange(run(), run())!.pValue <= 0.01);
    // The bound is three standard deviations above 1 in 100.
    expect(found.filter(Boolean).length).toBeLessThanOrEqual(10 + 3 * Math.sqrt(10));
  },
);
