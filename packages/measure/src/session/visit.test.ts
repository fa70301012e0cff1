import { expect, test } from "vitest";
import { clockStep, repeat, sampleLength, visit } from "./visit.ts";

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

/** A clock that moves on by `readingMs` with each reading, and shows whole steps only. */
function coarse(stepMs: number, readingMs: number) {
  let trueMs = 1000.3;
  const now = () => {
    trueMs += readingMs;
    return Math.floor(trueMs / stepMs) * stepMs;
  };
  const run = (ms: number) => async () => {
    trueMs += ms;
  };
  return { now, run };
}

test("the step of a clock is found, and a clock that stands still has none", () => {
  expect(clockStep(coarse(1, 0.0001).now)).toBeCloseTo(1);
  expect(clockStep(coarse(0.02, 0.0001).now)).toBeCloseTo(0.02);
  expect(clockStep(() => 5)).toBe(0);
});

test("runs that a coarse clock cannot time are timed together, as many of each member", async () => {
  const { now, run } = coarse(1, 0.0001);
  const { together, fastestMs } = await sampleLength([run(30), run(3)], 0, now);
  expect(together).toBe(32);
  expect(Math.abs(fastestMs - 3)).toBeLessThan(0.05);
  const samples = await visit(repeat(run(3), together), { runs: 4, atLeastMs: 0 }, now);
  for (const sample of samples) expect(Math.abs(sample / together - 3)).toBeLessThan(0.05);
});

test("a run that is held up does not pass for one that is long enough", async () => {
  for (const heldUp of [0, 1, 2, 5, 8]) {
    const { now, run } = coarse(1, 0.0001);
    let calls = 0;
    const sometimes = () => run(calls++ === heldUp ? 500 : 3)();
    const { together, fastestMs } = await sampleLength([sometimes], 0, now);
    expect(together, `held up at run ${heldUp}`).toBe(32);
    expect(Math.abs(fastestMs - 3)).toBeLessThan(0.05);
  }
});

test("on a fine clock a sample is one run, and none is made to find that out", async () => {
  let calls = 0;
  const run = async () => void (calls += 1);
  const { now } = coarse(0.0001, 0.0001);
  expect(await sampleLength([run], 0.5, now)).toEqual({ together: 1, fastestMs: 0.5 });
  expect(calls).toBe(0);
});
