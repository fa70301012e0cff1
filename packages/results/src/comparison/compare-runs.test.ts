import { InputError } from "@sebench/spec";
import { describe, expect, test } from "vitest";
import type { CaseSummary, MeasuredSummary } from "../history/case-summary.ts";
import { replicasAround, sampleSummary } from "../testing/sample-summary.ts";
import { type CaseComparison, compareRuns, type Finding } from "./compare-runs.ts";

const options = { threshold: 0.02, allowMissing: false };

const before = (figures: Partial<MeasuredSummary> = {}) => sampleSummary({ run: "base" }, figures);
const after = (figures: Partial<MeasuredSummary> = {}) => sampleSummary({ run: "head" }, figures);

const failed = { status: "failed", reason: "out of memory", measured: null } as const;
const unavailable = { status: "unavailable", reason: "no GPU", measured: null } as const;

function compareCase(base: CaseSummary, head: CaseSummary): CaseComparison {
  const { cases } = compareRuns([base], [head], options);
  expect(cases).toHaveLength(1);
  return cases[0]!;
}

function kindsOf({ findings }: CaseComparison): Finding["kind"][] {
  return findings.map(({ kind }) => kind);
}

function overheadOf(ratio: number, spread?: number): Pick<MeasuredSummary, "overhead"> {
  return { overhead: { ratio, interval: null, replicas: replicasAround(ratio, spread) } };
}

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

  // Five replicas a side with a spread of 0.02 give a standard error of 0.02. By SciPy,
  // p = 2 * t.sf(0.07 / 0.02, 8) is 0.008: under 1 % alone, over it where it counts twice.
  test("is judged as one of the suite", () => {
    const base = before(overheadOf(1.05, 0.02));
    const head = after(overheadOf(1.05 * Math.exp(0.07), 0.02));
    const unchanged = ["base", "head"].map((run) => sampleSummary({ run, id: "unchanged" }));
    expect(compareCase(base, head).verdict).toBe("regressed");
    const { cases } = compareRuns([base, unchanged[0]!], [head, unchanged[1]!], options);
    expect(cases.map(({ verdict }) => verdict)).toEqual(["cannot tell", "same"]);
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

describe("what is lost is a regression, whatever the figures", () => {
  const top1 = (share: number) => ({ share, interval: [share - 0.01, share + 0.01] as const });

  const losses: [kind: Finding["kind"], base: CaseSummary, head: CaseSummary][] = [
    ["parity lost", before(), after({ parity: false })],
    ["accuracy lost", before({ top1: top1(0.9) }), after({ top1: top1(0.87) })],
    ["device changed", before(), after({ software: true })],
    ["device changed", before(), after({ threads: 1 })],
    ["device changed", before(), after({ device: "Google SwiftShader" })],
    ["runtime gone", before(), { ...after(), ...failed }],
    ["runtime gone", before(), { ...after(), ...unavailable }],
  ];

  test.each(losses)("%s", (kind, base, head) => {
    const comparison = compareRuns([base], [head], options);
    const [compared] = comparison.cases as [CaseComparison];
    expect(kindsOf(compared)).toEqual([kind]);
    expect(compared.changes).toEqual([]);
    expect(compared.verdict).toBe("regressed");
    expect(comparison.regressed).toBe(true);
  });

  test("the reason of a runtime that is gone is told", () => {
    const { findings } = compareCase(before(), { ...after(), ...unavailable });
    expect(findings[0]!.text).toContain("no GPU");
  });

  test("top-1 is not lost while its intervals meet", () => {
    const { findings } = compareCase(before({ top1: top1(0.9) }), after({ top1: top1(0.885) }));
    expect(findings).toEqual([]);
  });

  test("a device of another name is no finding on another machine", () => {
    const head = sampleSummary({ machine: "fedcba9876543210" }, { device: "Intel Xeon" });
    expect(compareCase(before(), head).findings).toEqual([]);
  });
});

describe("what is otherwise different", () => {
  const [one, other] = ["case 1", "case 2"].map((id) => [
    sampleSummary({ run: "base", id }),
    sampleSummary({ run: "head", id }),
  ]) as [[CaseSummary, CaseSummary], [CaseSummary, CaseSummary]];

  test.each([
    { allowMissing: false, kind: "runtime gone", regressed: true },
    { allowMissing: true, kind: "missing", regressed: false },
  ])("a case that the head lacks: $kind", ({ allowMissing, kind, regressed }) => {
    const comparison = compareRuns([one[0], other[0]], [one[1]], { ...options, allowMissing });
    expect(comparison.cases.map(kindsOf)).toEqual([[], [kind]]);
    expect(comparison.regressed).toBe(regressed);
  });

  test("a runtime that fails is gone, even where cases may be missing", () => {
    const head = { ...after(), ...failed };
    const comparison = compareRuns([before()], [head], { ...options, allowMissing: true });
    expect(comparison.cases.map(kindsOf)).toEqual([["runtime gone"]]);
  });

  test("a case that the base lacks is new", () => {
    const comparison = compareRuns([one[0]], [other[1], one[1]], options);
    expect(comparison.cases.map((each) => [each.id, ...kindsOf(each), each.verdict])).toEqual([
      ["case 1", "same"],
      ["case 2", "new", "cannot tell"],
    ]);
    expect(comparison.regressed).toBe(false);
  });

  test.each([
    { what: "failed", base: { ...before(), ...failed } },
    { what: "wrong", base: before({ parity: false }) },
  ])("a case that was $what is recovered", ({ base }) => {
    const compared = compareCase(base, after());
    expect(kindsOf(compared)).toEqual(["recovered"]);
    expect(compared.verdict).toBe("cannot tell");
  });

  test("a case that was wrong and is so still is not compared, and no regression", () => {
    const wrong = { parity: false };
    const compared = compareCase(before(wrong), after({ ...wrong, ...overheadOf(2) }));
    expect(kindsOf(compared)).toEqual(["wrong output"]);
    expect(compared).toMatchObject({ changes: [], verdict: "cannot tell" });
  });

  test("a case that neither has figures of is not listed", () => {
    const gone = (each: CaseSummary): CaseSummary => Object.assign({}, each, failed);
    const { cases } = compareRuns([one[0], gone(other[0])], [one[1], gone(other[1])], options);
    expect(cases.map(({ id }) => id)).toEqual(["case 1"]);
  });

  test("other versions are told, and the figures compared", () => {
    const head = after({ engineVersion: "1.31.0", hostVersion: "v22.1.0", ...overheadOf(1.2) });
    const { findings, verdict } = compareCase(before(), head);
    expect(findings).toEqual([
      { kind: "version changed", text: "engine 1.30.0 to 1.31.0" },
      { kind: "version changed", text: "host v20.20.2 to v22.1.0" },
    ]);
    expect(verdict).toBe("regressed");
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
