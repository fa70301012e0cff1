import { expect, test } from "vitest";
import { sampleSummary } from "../testing/sample-summary.ts";
import type { CaseSummary } from "./case-summary.ts";
import { seriesOf } from "./series.ts";

/** The run of a day, with an overhead that differs by up to 0.05 % from the given one. */
function dayOf(day: number, ratio: number, changes: Partial<CaseSummary> = {}): CaseSummary {
  const overhead = { ratio: ratio * (1 + 0.0005 * ((day % 3) - 1)), interval: null, replicas: [1] };
  const started = new Date(Date.UTC(2026, 0, day)).toISOString();
  return sampleSummary({ run: `day ${day}`, started, ...changes }, { overhead });
}

const daysFrom = (first: number, count: number, ratio: number) =>
  Array.from({ length: count }, (_, index) => dayOf(first + index, ratio));

test("each case on each machine is a series, in the order of their first records", () => {
  const [machine, id] = [
    "fedcba9876543210",
    "onnxruntime-node/cpu|bun|se-resnet20|32|b1|fp32|gemm",
  ];
  const records = [
    dayOf(1, 1.1, { machine }),
    dayOf(1, 1.1),
    dayOf(1, 1.1, { id }),
    dayOf(2, 1.1, { machine }),
  ];
  const own = sampleSummary();
  expect(
    seriesOf(records).map((series) => [series.machine, series.id, series.points.length]),
  ).toEqual([
    [machine, own.id, 2],
    [own.machine, own.id, 1],
    [own.machine, id, 1],
  ]);
});

test("points are in the order of time, whatever that of the records", () => {
  const [series] = seriesOf([3, 1, 2].map((day) => dayOf(day, 1.1)));
  expect(series!.points.map(({ run }) => run)).toEqual(["day 1", "day 2", "day 3"]);
});

test("cases without figures are left out, and so is a series of nothing else", () => {
  const failed = { status: "failed", reason: "out of memory", measured: null } as const;
  const [series, ...others] = seriesOf([
    dayOf(1, 1.1),
    dayOf(2, 1.1, failed),
    dayOf(1, 1.1, { ...failed, machine: "fedcba9876543210" }),
  ]);
  expect(series!.points.map(({ run }) => run)).toEqual(["day 1"]);
  expect(others).toEqual([]);
});

test("a step of the overhead is a change at the first run that has it", () => {
  const records = [...daysFrom(13, 8, 1.1), ...daysFrom(1, 12, 1.05)];
  const [{ points, changes }] = seriesOf(records) as [ReturnType<typeof seriesOf>[0]];
  expect(changes).toHaveLength(1);
  const [{ index, before, after }] = changes as [(typeof changes)[0]];
  expect(points[index]!.run).toBe("day 13");
  expect(before).toBeCloseTo(1.05, 3);
  expect(after).toBeCloseTo(1.1, 3);
});

test("changes are looked for in the last 500 points alone", () => {
  const records = [...daysFrom(1, 50, 1), ...daysFrom(51, 300, 1.05), ...daysFrom(351, 250, 1.1)];
  const [series] = seriesOf(records);
  expect(series!.points).toHaveLength(600);
  expect(series!.changes.map(({ index }) => series!.points[index]!.run)).toEqual(["day 351"]);
});
