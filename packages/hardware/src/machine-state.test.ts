import { expect, test } from "vitest";
import { machineReader, parseQuotaWait, parseStat, tickMs } from "./machine-state.ts";

test("time that was not idle is all of /proc/stat but idle and waiting for disks", () => {
  const text = "cpu  100 10 20 1000 50 3 4 7 0 0\ncpu0 50 5 10 500 25 1 2 3 0 0\n";
  expect(parseStat(text)).toEqual({ busyMs: 137 * tickMs, stolenMs: 7 * tickMs });
});

test("a system without /proc/stat tells nothing of it", () => {
  expect(parseStat("")).toEqual({ busyMs: null, stolenMs: null });
  expect(parseStat("cpu  12 x 3 1e999")).toEqual({ busyMs: null, stolenMs: null });
  expect(parseQuotaWait(`throttled_usec ${"9".repeat(400)}`)).toBeNull();
});

test("the wait for a quota is told in milliseconds", () => {
  expect(parseQuotaWait("usage_usec 5\nnr_throttled 2\nthrottled_usec 1500\n")).toBe(1.5);
  expect(parseQuotaWait("usage_usec 5\n")).toBeNull();
});

test.runIf(process.platform === "linux")("work that this process does is seen as busy time", () => {
  const readMachine = machineReader();
  const before = readMachine();
  while (performance.now() - before.atMs < 300);
  const after = readMachine();
  expect(after.busyMs! - before.busyMs!).toBeGreaterThanOrEqual(200);
  expect(after.load).toBeGreaterThanOrEqual(0);
});
