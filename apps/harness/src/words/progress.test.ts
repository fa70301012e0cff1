import type { CasePlan } from "@sebench/bench";
import type { CaseRecord } from "@sebench/results";
import { expect, test } from "vitest";
import { assumedSetup, describeProgress, formatSeconds, RunProgress } from "./progress.ts";

const plan = (id: string, seconds: number) => ({ id, seconds, untimed: null }) as CasePlan;
const ended = (id: string): CaseRecord => {
  const of = { runtime: "onnxruntime-node/cpu", host: "node", network: "se-resnet8" } as const;
  const rest = { plain: "resnet8", imageSize: 32, batch: 1, precision: "fp32", lowering: "gemm" };
  const outcome = { status: "failed", reason: "no answer", remedy: null, attestation: null };
  return { id, ...of, ...rest, ...outcome } as CaseRecord;
};
const sink = { isTTY: false, write: () => true } as unknown as NodeJS.WriteStream;

test("time left is the budgets that remain, and what ended cases took beyond theirs", () => {
  let now = 0;
  const cases = [plan("a", 10), plan("b", 20), plan("c", 30)];
  const progress = new RunProgress(cases, sink, () => now);
  progress.start([cases[0]!]);
  now = 13_000;
  progress.end([ended("a")]);
  progress.start([cases[1]!]);
  now = 18_000;
  expect(progress.secondsLeft()).toBe(20 + 3 + (30 + 3) - 5);
});

test("a case that is not timed takes no budget", () => {
  const untimed = { reason: "the CPU plays the GPU", remedy: "give --budget 20" };
  const cases = [plan("a", 10), { ...plan("b", 240), untimed }];
  const progress = new RunProgress(cases, sink, () => 0);
  progress.start([cases[0]!]);
  expect(progress.secondsLeft()).toBe(10 + 2 * assumedSetup);
});

test("time left never falls below zero", () => {
  let now = 0;
  const cases = [plan("a", 1)];
  const progress = new RunProgress(cases, sink, () => now);
  progress.start([cases[0]!]);
  now = 100_000;
  expect(progress.secondsLeft()).toBe(0);
});

test("without a terminal a case is one line", () => {
  const lines: string[] = [];
  const stream = {
    isTTY: false,
    write: (text: string) => lines.push(text) > 0,
  } as unknown as NodeJS.WriteStream;
  const cases = [plan("a", 1)];
  const progress = new RunProgress(cases, stream, () => 0);
  progress.start([cases[0]!]);
  progress.update({ phase: "oracle", done: 1, total: 4 });
  progress.end([ended("a")]);
  expect(lines).toEqual(["[1/1] a: failed: no answer (0 s)\n"]);
});

test("rounds are told with the interval so far", () => {
  const progress = {
    replica: 3,
    replicas: 5,
    rounds: 61,
    elapsedMs: 1,
    interval: [1.0941, 1.1149],
    labelled: null,
  } as const;
  expect(describeProgress({ phase: "rounds", ...progress })).toBe(
    "replica 3 of 5, rounds, 61 rounds, overhead 9.4 to 11.5 %",
  );
});

test("labelled images are counted", () => {
  const labelled = { done: 128, total: 1000 };
  const progress = { replica: 5, replicas: 5, rounds: 100, elapsedMs: 1, interval: null, labelled };
  expect(describeProgress({ phase: "accuracy", ...progress })).toBe("accuracy: image 128 of 1000");
});

test.each([
  [59.4, "59 s"],
  [60, "1 min 0 s"],
  [125.6, "2 min 6 s"],
])("%d seconds are told as %s", (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
