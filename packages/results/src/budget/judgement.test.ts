import { expect, test } from "vitest";
import type { OkCase } from "../case/case-record.ts";
import type { Interval } from "../record/quantity.ts";
import { failedCase, okCase, untimedCase } from "../testing/sample-run.ts";
import { breaksBudget, judge, judgeBudgets } from "./judgement.ts";

test.each<[Interval, string]>([
  [[1.01, 1.05], "kept"],
  [[1.01, 1.06], "kept"],
  [[1.05, 1.07], "cannot tell"],
  [[1.06, 1.07], "cannot tell"],
  [[1.061, 1.07], "broken"],
  [[0.9, 0.95], "kept"],
])("an interval of %j against a limit of 1.06 is %s", (within, verdict) => {
  expect(judge(within, 1.06)).toBe(verdict);
});

test("without an interval nothing can be told", () => {
  expect(judge(null, 100)).toBe("cannot tell");
});

function costing(interval: Interval | null): OkCase {
  const record = okCase();
  return { ...record, overhead: { ...record.overhead, ratio: 1.05, interval } };
}

function verdictsOf(...[budgets, cases]: Parameters<typeof judgeBudgets>): string[][] {
  return judgeBudgets(budgets, cases).map(({ outcomes }) =>
    outcomes.map(({ limit, verdict }) => `${limit} ${verdict}`),
  );
}

const { network } = okCase();

test("an overhead of 4 to 6 % keeps a budget of 6 %, breaks 3 %, and cannot be told from 5 %", () => {
  const budgets = [0.06, 0.03, 0.05].map((maxOverhead) => ({ network, maxOverhead }));
  expect(verdictsOf(budgets, [costing([1.04, 1.06])])).toEqual([
    ["maxOverhead kept"],
    ["maxOverhead broken"],
    ["maxOverhead cannot tell"],
  ]);
});

test("a latency is judged by the interval of SE's median, in milliseconds", () => {
  const record = costing(null);
  const { se } = record.members;
  const timed = { ...se, latencyMs: { ...se.latencyMs, p50: 3, p50Interval: [2.5, 3.5] as const } };
  const slow = { ...record, members: { ...record.members, se: timed } };
  const budgets = [4, 2, 3].map((maxLatencyMs) => ({ network, maxLatencyMs }));
  expect(verdictsOf(budgets, [slow])).toEqual([
    ["maxLatencyMs kept"],
    ["maxLatencyMs broken"],
    ["maxLatencyMs cannot tell"],
  ]);
});

test("each limit of a budget is judged", () => {
  const budgets = [{ network, maxOverhead: 0.06, maxLatencyMs: 1 }];
  expect(verdictsOf(budgets, [costing([1.04, 1.06])])[0]).toHaveLength(2);
});

test("a budget means the cases that have all that it names", () => {
  const cases = [costing([1.04, 1.06])];
  const { runtime } = cases[0]!;
  const budgets = [
    { network, runtime, maxOverhead: 1 },
    { network, runtime: "tfjs-node/cpu", maxOverhead: 1 },
    { network, batch: 8, maxOverhead: 1 },
  ];
  expect(judgeBudgets(budgets, cases).map(({ outcomes }) => outcomes.length)).toEqual([1, 0, 0]);
});

test("of a case that failed nothing can be told, and the reason is given", () => {
  const budgets = [{ network: "se-resnet50", maxOverhead: 0.06 }];
  expect(judgeBudgets(budgets, [failedCase("se-resnet50")])[0]!.outcomes).toMatchObject([
    { verdict: "cannot tell", value: null, reason: "the case failed: the process was killed" },
  ]);
});

test.each([
  [0.06, false, false],
  [0.05, false, true],
  [0.03, true, true],
])("a budget of %d breaks the run: %s; where doubt counts: %s", (maxOverhead, broken, strict) => {
  const budgets = judgeBudgets([{ network, maxOverhead }], [costing([1.04, 1.06])]);
  expect(breaksBudget({ budgets })).toBe(broken);
  expect(breaksBudget({ budgets }, "fail")).toBe(strict);
});

test("a budget for a case that the run does not have is doubt", () => {
  const budgets = judgeBudgets([{ network: "se-resnet50", maxOverhead: 1 }], []);
  expect(breaksBudget({ budgets })).toBe(false);
  expect(breaksBudget({ budgets }, "fail")).toBe(true);
});

test("of a case that was not timed nothing can be told, and the reason is told", () => {
  const [judged] = judgeBudgets([{ network, maxOverhead: 0.06 }], [untimedCase()]);
  expect(judged!.outcomes).toMatchObject([
    { verdict: "cannot tell", reason: "the case was not timed: the CPU plays the GPU" },
  ]);
});
