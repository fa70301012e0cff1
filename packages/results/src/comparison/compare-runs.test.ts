import { effectToBeFound } from "@sebench/measure";
import { InputError } from "@sebench/spec";
import { describe, expect, test } from "vitest";
import type { MeasuredSummary } from "../history/case-summary.ts";
import { summarizeServing } from "../serving/serving-summary.ts";
import {
  after,
  before,
  compareCase,
  kindsOf,
  options,
  overheadOf,
} from "../testing/sample-comparison.ts";
import { sampleServer } from "../testing/sample-serving.ts";
import { replicasAround, sampleSummary } from "../testing/sample-summary.ts";
import { type CaseComparison, compareRuns } from "./compare-runs.ts";

function calibrated(noiseFloor = 0.01, runVariance = 0): Pick<MeasuredSummary, "calibration"> {
  return {
    calibration: {
      measured: "2026-03-01T00:00:00.000Z",
      trials: 100,
      overhead: { run: runVariance, replica: 1e-6, round: 1e-5 },
      latency: { run: runVariance, replica: 1e-6 },
      noiseFloor,
    },
  };
}

test("the latency of a member whose samples a record leaves out is not compared", () => {
  const figures = calibrated();
  const none = { p50: 10, p90: null, replicas: [] };
  const { latencyMs } = sampleSummary().measured!;
  const base = before({ ...figures, latencyMs: { ...latencyMs, se: none } });
  const [only] = compareRuns([base], [after(figures)], options).cases;
  expect(only!.changes.map(({ quantity }) => quantity)).toEqual(["overhead", "plain"]);
});

describe("the overhead", () => {
  test.each([
    { to: 1.05 * 1.1, verdict: "regressed", regressed: true },
    { to: 1.05 / 1.1, verdict: "improved", regressed: false },
    { to: 1.05, verdict: "same", regressed: false },
  ])("from 1.05 to $to is $verdict", ({ to, verdict, regressed }) => {
    const comparison = compareRuns([before()], [after(overheadOf(to))], options);
    expect(comparison.cases[0]!.verdict).toBe(verdict);
    expect(comparison.regressed).toBe(regressed);
    const [{ quantity, change }] = comparison.cases[0]!.changes as [CaseComparison["changes"][0]];
    expect(quantity).toBe("overhead");
    expect(change!.ratio).toBeCloseTo(to / 1.05, 9);
  });

  test("of a run without cases is one error, which names the side", () => {
    expect(() => compareRuns([], [after()], options)).toThrow("base has no cases");
    expect(() => compareRuns([before()], [], options)).toThrow(InputError);
  });

  test("cannot be told where a side has one replica", () => {
    const alone = { overhead: { ratio: 1.2, interval: null, replicas: [1.2] } };
    const { changes, verdict } = compareCase(before(), after(alone));
    expect(changes).toMatchObject([{ change: null, verdict: "cannot tell" }]);
    expect(verdict).toBe("cannot tell");
  });

  test("cannot be told where replicas differ more than the change", () => {
    const { verdict } = compareCase(before(overheadOf(1.05, 0.05)), after(overheadOf(1.07, 0.05)));
    expect(verdict).toBe("cannot tell");
  });

  test("that differs by 3 % is within a noise floor of 5 %", () => {
    const head = overheadOf(1.05 * 1.03);
    expect(compareCase(before(), after(head)).verdict).toBe("regressed");
    const { changes, verdict } = compareCase(before(), after({ ...head, ...calibrated(0.05) }));
    expect(changes[0]!.threshold).toBe(0.05);
    expect(verdict).toBe("same");
  });

  test("keeps the threshold that is asked for where the noise floor is lower", () => {
    expect(compareCase(before(), after(calibrated(0.01))).changes[0]!.threshold).toBe(0.02);
  });

  // A standard deviation of 3 % from run to run makes one of 4.2 % between two runs.
  test("that differs by 3 % is in doubt where runs are known to", () => {
    const head = overheadOf(1.05 * 1.03);
    const known = calibrated(0.01, 9e-4);
    expect(compareCase(before(), after({ ...head, ...known })).verdict).toBe("cannot tell");
    expect(compareCase(before(known), after(head)).verdict).toBe("cannot tell");
  });

  // A change that is just found at 0.8 % is under 1 % alone, and over it if it counts twice.
  test("is judged as one of the suite", () => {
    const fourOf = (ratio: number) => {
      const { overhead } = overheadOf(ratio, 0.02);
      return { overhead: { ...overhead, replicas: overhead.replicas.toSpliced(2, 1) } };
    };
    const base = before(fourOf(1.05));
    const { overhead } = fourOf(1.05);
    const head = after(fourOf(1.05 * (1 + effectToBeFound(overhead, overhead, 0.008)!)));
    const unchanged = ["base", "head"].map((run) => sampleSummary({ run, id: "unchanged" }));
    expect(compareCase(base, head).verdict).toBe("regressed");
    const { cases } = compareRuns([base, unchanged[0]!], [head, unchanged[1]!], options);
    expect(cases.map(({ verdict }) => verdict)).toEqual(["cannot tell", "same"]);
  });
});

describe("what a form takes of the naive form's time", () => {
  const gainOf = (ratio: number) => ({ gain: { ratio, replicas: replicasAround(ratio) } });

  test("is compared where both runs measured the forms together", () => {
    const { changes, verdict } = compareCase(before(gainOf(0.9)), after(gainOf(0.95)));
    expect(changes.map((each) => [each.quantity, each.verdict])).toEqual([
      ["overhead", "same"],
      ["gain", "regressed"],
    ]);
    expect(changes[1]!.change!.ratio).toBeCloseTo(0.95 / 0.9, 9);
    expect(verdict).toBe("regressed");
  });

  test("is not compared where one run has no such rounds", () => {
    const { changes } = compareCase(before(), after(gainOf(0.95)));
    expect(changes.map(({ quantity }) => quantity)).toEqual(["overhead"]);
  });
});

describe("latencies", () => {
  const slow = { plain: 11, se: 11.55 };
  const slower = {
    latencyMs: {
      plain: { p50: slow.plain, p90: null, replicas: replicasAround(slow.plain) },
      se: { p50: slow.se, p90: null, replicas: replicasAround(slow.se) },
    },
  };

  test("that both rise by 10 % are a regression, where they are calibrated", () => {
    const { changes, verdict } = compareCase(before(), after({ ...slower, ...calibrated() }));
    expect(changes.map((each) => [each.quantity, each.verdict])).toEqual([
      ["overhead", "same"],
      ["plain", "regressed"],
      ["se", "regressed"],
    ]);
    expect(verdict).toBe("regressed");
  });

  // By hand: 1.96 * sqrt(2 * 0.0025) is 0.139, and the replicas' 1e-6 adds nothing to speak of.
  test("that rise by 10 % are within what runs differ by, where that is 15 %", () => {
    const { changes } = compareCase(before(), after({ ...slower, ...calibrated(0.01, 0.0025) }));
    const [, plain] = changes;
    expect(plain!.threshold).toBeCloseTo(Math.expm1(0.1386), 3);
    expect(plain!.verdict).not.toBe("regressed");
  });

  test("that both fall are an improvement", () => {
    expect(compareCase(before({ ...slower, ...calibrated() }), after()).verdict).toBe("improved");
  });

  test("are not compared where they are not calibrated", () => {
    const { changes, verdict } = compareCase(before(), after(slower));
    expect(changes.map(({ quantity }) => quantity)).toEqual(["overhead"]);
    expect(verdict).toBe("same");
  });

  test("are not compared from one machine to another", () => {
    const head = sampleSummary({ machine: "fedcba9876543210" }, { ...slower, ...calibrated() });
    const comparison = compareRuns([before(calibrated())], [head], options);
    expect(comparison.sameMachine).toBe(false);
    expect(comparison.cases[0]!.changes.map(({ quantity }) => quantity)).toEqual(["overhead"]);
  });
});

describe("refused", () => {
  test("are a run and itself", () => {
    expect(() => compareRuns([before()], [before()], options)).toThrow(InputError);
    expect(() => compareRuns([before()], [before()], options)).toThrow("the same run, base");
  });

  test("are two runs without a case in common", () => {
    const compare = () => compareRuns([before()], [{ ...after(), id: "case 2" }], options);
    expect(compare).toThrow(InputError);
    expect(compare).toThrow("no case in common");
  });

  test("is not the same moment on two machines", () => {
    const head = sampleSummary({ run: "base", machine: "fedcba9876543210" });
    expect(compareRuns([before()], [head], options).cases).toHaveLength(1);
  });
});

describe("what a server meets", () => {
  const member = (kept: number) => sampleServer({ workers: 1, kept, notKept: kept * 1.05 });
  const serving = (kept: number, limitMs = 10): Pick<MeasuredSummary, "serving"> => ({
    serving: summarizeServing({
      server: { status: "ok", percentile: "p90", limitMs, rows: [member(kept)] },
    }),
  });

  test("is told of both runs, and judged by none", () => {
    const { served, changes, verdict } = compareCase(before(serving(100)), after(serving(50)));
    const limit = { percentile: "p90", limitMs: 10 };
    expect(served).toEqual([
      { member: "plain", limit, base: 100, head: 50 },
      { member: "se", limit, base: 100, head: 50 },
    ]);
    expect(changes.map(({ quantity }) => quantity)).toEqual(["overhead"]);
    expect(verdict).toBe("same");
  });

  test("is not told where the limits differ, or one run was not asked", () => {
    expect(compareCase(before(serving(100, 10)), after(serving(100, 20))).served).toEqual([]);
    expect(compareCase(before(), after(serving(100))).served).toEqual([]);
  });

  test("regresses where a worker fails that did not before", () => {
    const failure = { reason: "a worker of se failed", remedy: null };
    const failing = summarizeServing({
      server: { status: "ok", percentile: "p90", limitMs: 10, rows: [{ ...member(100), failure }] },
    });
    const compared = compareCase(before(serving(100)), after({ serving: failing }));
    expect(kindsOf(compared)).toEqual(["scenario failed"]);
    expect(compared.verdict).toBe("regressed");
    expect(compared.changes).not.toEqual([]);
  });
});
