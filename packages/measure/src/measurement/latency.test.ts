import { expect, test } from "vitest";
import { latencySummary } from "./latency.ts";

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test("samples of all replicas and rounds count alike", () => {
  const summary = latencySummary([[[4, 1], [3]], [[2, 5]]]);
  expect(summary).toMatchObject({ n: 5, min: 1, mean: 3, p50: 3 });
});

test("percentiles that the samples do not carry are left out", () => {
  const few = latencySummary([[upTo(7)]]);
  expect(few).toMatchObject({ p50: 4, p50Interval: null, p90: null, p90Interval: null });
  const more = latencySummary([[upTo(472)]]);
  expect(more.p90).not.toBeNull();
  expect(more).toMatchObject({ p99: null, p99Interval: null });
});

// The percentiles are those of numpy.quantile(..., method="median_unbiased"), and the
// ranks come from scipy.stats.binom.
test("percentiles and their intervals agree with NumPy and SciPy", () => {
  const summary = latencySummary([[upTo(100)]]);
  expect(summary.p50).toBeCloseTo(50.5, 12);
  expect(summary.p90).toBeCloseTo(90.63333333333334, 12);
  expect(summary.p50Interval).toEqual([40, 61]);
  expect(summary.p90Interval).toEqual([84, 96]);
  expect(latencySummary([[upTo(473)]]).p99Interval).toEqual([464, 473]);
});

test("samples beyond three interquartile ranges are counted and stay in", () => {
  const quiet = [10, 10, 11, 11, 12, 12, 13, 13];
  const summary = latencySummary([[[...quiet, 15]], [[...quiet, 40]]]);
  expect(summary.outliers).toBe(1);
  expect(summary.n).toBe(18);
  expect(summary.mean).toBeCloseTo((2 * 92 + 55) / 18, 12);
});
