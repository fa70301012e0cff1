import { expect, test } from "vitest";
import { overheadEstimate } from "../measurement/overhead.ts";
import { simulateReplicas } from "../testing/simulated-replicas.ts";
import { seededRandom } from "./random.ts";
import { effectToBeFound, ratioChange } from "./ratio-change.ts";

const base = [1.04, 1.052, 1.047, 1.061, 1.05];
const head = [1.083, 1.071, 1.098, 1.079];

// The values come from SciPy, with a, b the logarithms of base and head, r the variance
// between runs and
//   s2 = a.var(ddof=1) / 5 + b.var(ddof=1) / 4 + 2 * r; d = b.mean() - a.mean()
//   n = floor(s2**2 / ((a.var(ddof=1) / 5)**2 / 4 + (b.var(ddof=1) / 4)**2 / 3))
//   p = 2 * t.sf(d / sqrt(s2), n); interval = exp(d -+ t.ppf(0.975, n) * sqrt(s2))
//   effect = expm1(t.ppf(0.995, n) * sqrt(s2) -+ d)
// Without r, n is 5 of 5.199, which ttest_ind(b, a, equal_var=False) gives too; with it, 50.
const expected = [
  {
    betweenRuns: 0,
    interval: [1.0149950814946846, 1.0476030179777003],
    pValue: 0.004138291802161661,
    effectBack: 0.05706278997214352,
  },
  {
    betweenRuns: 4e-5,
    interval: [1.008931149102587, 1.0538993781212291],
    pValue: 0.0067268944550766974,
    effectBack: 0.06158328493560364,
  },
] as const;

test.each(expected)(
  "a change is that of Welch's t test where runs differ by $betweenRuns",
  ({ betweenRuns, interval, pValue }) => {
    const change = ratioChange(base, head, betweenRuns)!;
    expect(change.ratio).toBeCloseTo(1.0311701656886478, 12);
    expect(change.interval[0]).toBeCloseTo(interval[0], 12);
    expect(change.interval[1]).toBeCloseTo(interval[1], 12);
    expect(change.pValue).toBeCloseTo(pValue, 12);
  },
);

test("the change back is its inverse, and as likely", () => {
  const there = ratioChange(base, head)!;
  const back = ratioChange(head, base)!;
  expect(back.ratio).toBeCloseTo(1 / there.ratio, 12);
  expect(back.interval[0]).toBeCloseTo(1 / there.interval[1], 12);
  expect(back.pValue).toBeCloseTo(there.pValue, 12);
});

test.each([
  { one: [1, 1, 1], other: [1, 1, 1], pValue: 1 },
  { one: [1, 1, 1], other: [2, 2, 2], pValue: 0 },
])("from $one to $other, nothing varies and p is $pValue", ({ one, other, pValue }) => {
  const ratio = other[0]! / one[0]!;
  expect(ratioChange(one, other)).toEqual({ ratio, interval: [ratio, ratio], pValue });
});

test("one replica on either side gives no test", () => {
  expect(ratioChange([1.05], head)).toBeNull();
  expect(ratioChange(base, [1.05])).toBeNull();
  expect(effectToBeFound(base, [1.05], 0.01)).toBeNull();
});

test.each(expected)(
  "what would have been found is as SciPy has it where runs differ by $betweenRuns",
  ({ betweenRuns, effectBack }) => {
    expect(effectToBeFound(head, base, 0.01, betweenRuns)).toBeCloseTo(effectBack, 12);
  },
);

test("nothing more is needed for what is found as it is", () => {
  expect(effectToBeFound(base, head, 0.01)).toBe(0);
});

test("ratios that are larger by the effect are just found", () => {
  const effect = effectToBeFound(head, base, 0.01)!;
  const larger = base.map((ratio) => ratio * (1 + effect));
  expect(ratioChange(head, larger)!.pValue).toBeCloseTo(0.01, 9);
});

test("a disturbed replica does not hide a change of five replicas or more", () => {
  const calm = [1.101, 1.097, 1.103, 1.099, 1.1, 1.102];
  const disturbed = [1.101, 0.95, 1.103, 1.099, 1.1, 1.102];
  const slower = calm.map((ratio) => 1.05 * ratio);
  for (const from of [calm, disturbed]) {
    const change = ratioChange(from, slower)!;
    expect(change.ratio).toBeCloseTo(1.05, 2);
    expect(change.pValue).toBeLessThan(1e-4);
    expect(ratioChange(from, calm)!.pValue).toBeGreaterThan(0.1);
  }
});

test("where nothing changed and replicas have heavy tails, 1 test in 100 finds a change at most", () => {
  const random = seededRandom(3);
  const run = () =>
    simulateReplicas(
      { ratio: 1.1, replicas: 6, rounds: 10, betweenReplicas: 0.005, betweenVisits: 0.006 },
      random,
    ).map((replica) => overheadEstimate([replica]).ratio * (random() < 0.1 ? 1.04 : 1));
  const found = Array.from({ length: 1000 }, () => ratioChange(run(), run())!.pValue <= 0.01);
  // The bound is three standard deviations above 1 in 100.
  expect(found.filter(Boolean).length).toBeLessThanOrEqual(10 + 3 * Math.sqrt(10));
});
