import { expect, test } from "vitest";
import { seededRandom } from "../statistics/random.ts";
import { latencyDrift, memoryGrowth, runWindows } from "./drift.ts";

/** Times of 10 ms with skewed noise of up to 5 %, times what `level` gives for each run. */
function soaked(runs: number, level: (run: number) => number, seed = 1): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: runs }, (_, at) => 10 * level(at + 1) * (1 + 0.05 * random() ** 4));
}

test("windows are of equal length and leave the first tenth out", () => {
  const windows = runWindows(Array.from({ length: 1000 }, (_, at) => at + 1));
  expect(windows).toHaveLength(39);
  // 39 windows of 23 runs leave 103 runs out.
  expect(windows[0]!.run).toBe(104 + 11);
  expect(windows.at(-1)!.run).toBe(1000 - 11);
  // The values are the runs' own numbers, so a window's median is its middle run.
  for (const { run, medianMs } of windows) expect(medianMs).toBe(run);
});

test("a session that does not drift is shown not to, 19 times in 20", () => {
  const trials = Array.from({ length: 100 }, (_, seed) =>
    latencyDrift(runWindows(soaked(1000, () => 1, seed + 1))),
  );
  const holding = trials.filter(({ interval }) => interval![0] <= 1 && 1 <= interval![1]);
  expect(holding.length).toBeGreaterThanOrEqual(90);
});

test("a session that grows slower by a tenth is shown to, and by how much", () => {
  const drift = latencyDrift(runWindows(soaked(1000, (run) => 1 + run / 10_000)));
  const truth = (1 + 989 / 10_000) / (1 + 115 / 10_000);
  expect(drift.ratio).toBeCloseTo(truth, 2);
  expect(drift.interval![0]).toBeGreaterThan(1.05);
  expect(drift.lastMs / drift.firstMs).toBeCloseTo(truth, 1);
});

test("a disturbed fifth of the soak is no drift", () => {
  const drift = latencyDrift(runWindows(soaked(1000, (run) => (run > 500 && run < 680 ? 3 : 1))));
  expect(Math.abs(drift.ratio! - 1)).toBeLessThan(0.01);
});

test("a few runs have levels and no drift", () => {
  const drift = latencyDrift(runWindows([30, 10, 11, 12]));
  expect(drift).toMatchObject({ firstMs: 30, lastMs: 12, ratio: null, interval: null });
});

test("memory that grows by a kilobyte a run is told, whatever the first runs took", () => {
  const points = Array.from({ length: 21 }, (_, at) => ({
    run: at * 50,
    bytes: at < 2 ? 0 : 5e8 + at * 50 * 1024,
  }));
  const growth = memoryGrowth(points, 1000)!;
  expect(growth.slope).toBeCloseTo(1024, 6);
  expect(growth.interval[0]).toBeCloseTo(1024, 6);
  expect(memoryGrowth(points.slice(0, 9), 1000)).toBeNull();
});
