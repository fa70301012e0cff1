import { expect, test } from "vitest";
import { caseRecord } from "../case/case-record.ts";
import { okCase } from "../testing/sample-run.ts";
import {
  bestOffline,
  bestServed,
  type OfflineRow,
  type ServerRow,
  servingFailures,
  type ServingRecord,
  throughputOf,
} from "./serving-record.ts";
import { sampleLoads, sampleServer } from "../testing/sample-serving.ts";

const limit = { probability: 0.9, limitMs: 10 };

const offlineRow = (
  batch: number,
  imagesPerSecond: Readonly<Record<"plain" | "se", readonly number[]>>,
  confirms = false,
): OfflineRow => ({
  workers: 1,
  threads: null,
  batch,
  confirms,
  outcome: { status: "ok", imagesPerSecond },
});

const died: OfflineRow = {
  ...offlineRow(16, { plain: [1], se: [1] }),
  outcome: { status: "failed", reason: "it ran out of memory", remedy: null },
};

test("the best batch is that of the median window, and each member has its own", () => {
  const rows = [
    offlineRow(1, { plain: [10, 90, 20], se: [9, 9, 9] }),
    offlineRow(2, { plain: [30, 30, 30], se: [8, 8, 80] }),
    died,
  ];
  expect(bestOffline(rows, "plain")!.batch).toBe(2);
  expect(bestOffline(rows, "se")!.batch).toBe(1);
  expect(throughputOf(rows[0]!, "plain")).toBe(20);
  expect(bestOffline([died], "se")).toBeNull();
});

test("what was measured again goes before what was lucky once", () => {
  const rows = [
    offlineRow(1, { plain: [10], se: [99] }),
    offlineRow(1, { plain: [10], se: [50] }, true),
    offlineRow(2, { plain: [10], se: [60] }),
  ];
  expect(throughputOf(bestOffline(rows, "se")!, "se")).toBe(50);
});

test("the best number of workers is that with the highest rate that keeps the limit", () => {
  const one = sampleServer({ workers: 1, kept: 100, notKept: 105 });
  const two = sampleServer({ workers: 2, kept: 150, notKept: null });
  expect(bestServed([one, two], "se", limit)).toEqual({ row: two, rate: 150, notKept: null });
  expect(bestServed([one], "se", limit)).toEqual({ row: one, rate: 100, notKept: 105 });
});

test("a limit that was not asked for is judged by the latencies of the same loads", () => {
  const row = sampleServer({ workers: 1, kept: 100, notKept: 105 });
  // The loads that keep 10 ms have latencies of 5 ms, and the others of 20 ms.
  expect(bestServed([row], "se", { ...limit, limitMs: 4 })).toBeNull();
  expect(bestServed([row], "se", { ...limit, limitMs: 25 })).toMatchObject({ rate: 105 });
  // 200 requests do not carry p99.
  expect(bestServed([row], "se", { probability: 0.99, limitMs: 25 })).toBeNull();
});

test("a row whose worker died keeps what was measured before, and is a failure", () => {
  const row: ServerRow = {
    ...sampleServer({ workers: 2, kept: 100, notKept: null }),
    failure: { reason: "its process was killed", remedy: null },
  };
  const serving: ServingRecord = {
    offline: { status: "ok", rows: [died] },
    server: { status: "ok", percentile: "p90", limitMs: 10, rows: [row] },
  };
  expect(bestServed([row], "se", limit)).toMatchObject({ rate: 100 });
  expect(servingFailures(serving)).toEqual([
    "offline, 1 worker, batch 16: it ran out of memory",
    "server, 2 workers: its process was killed",
  ]);
});

test("a scenario that the host lacks is no failure, and one that failed is", () => {
  const lacking = { reason: "a browser has no workers", remedy: null };
  expect(servingFailures({ offline: { status: "unavailable", ...lacking } })).toEqual([]);
  expect(servingFailures({ server: { status: "failed", ...lacking } })).toEqual([
    "server: a browser has no workers",
  ]);
});

test("a record has scenarios or leaves them out, and none with a rate of 0", () => {
  const rows = [sampleServer({ workers: 1, kept: 100, notKept: 105 })];
  const server = { status: "ok", percentile: "p90", limitMs: 10, rows } as const;
  expect(caseRecord.safeParse(okCase()).success).toBe(true);
  expect(caseRecord.safeParse({ ...okCase(), serving: { server } }).success).toBe(true);
  const [load] = sampleLoads(1, 5);
  const never = { capacity: [1], loads: [{ ...load!, rate: 0 }], ended: "never" };
  const wrong = { ...server, rows: [{ ...rows[0], members: { plain: never, se: never } }] };
  expect(caseRecord.safeParse({ ...okCase(), serving: { server: wrong } }).success).toBe(false);
});
