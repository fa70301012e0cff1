import { expect, test } from "vitest";
import { visit } from "./visit.ts";

/** A session's runs that take the given times, one after another, on a clock of their own. */
function runsOf(timesMs: readonly number[]) {
  let clockMs = 1000;
  let calls = 0;
  const run = async () => {
    clockMs += timesMs[calls++ % timesMs.length]!;
  };
  return { run, now: () => clockMs, calls: () => calls };
}

test("samples are the times of the runs, in their order", async () => {
  const { run, now } = runsOf([5, 3, 8, 1]);
  expect(await visit(run, { runs: 4, atLeastMs: 0 }, now)).toEqual([5, 3, 8, 1]);
});

test("nothing is run but what is timed", async () => {
  const { run, now, calls } = runsOf([2]);
  await visit(run, { runs: 3, atLeastMs: 0 }, now);
  expect(calls()).toBe(3);
});

test("a visit goes on until it is as long as asked", async () => {
  const { run, now } = runsOf([4]);
  expect(await visit(run, { runs: 1, atLeastMs: 10 }, now)).toEqual([4, 4, 4]);
});

test("a visit rejects with the error of the run itself", async () => {
  const failure = new Error("device lost");
  const run = () => Promise.reject(failure);
  await expect(visit(run, { runs: 3, atLeastMs: 0 }, () => 0)).rejects.toBe(failure);
});
