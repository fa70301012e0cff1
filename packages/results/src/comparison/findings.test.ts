import { describe, expect, test } from "vitest";
import type { CaseSummary } from "../history/case-summary.ts";
import {
  after,
  before,
  compareCase,
  failed,
  kindsOf,
  options,
  overheadOf,
  unavailable,
} from "../testing/sample-comparison.ts";
import { sampleSummary } from "../testing/sample-summary.ts";
import { type CaseComparison, compareRuns } from "./compare-runs.ts";
import type { Finding } from "./findings.ts";

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

describe("a case that was not timed", () => {
  const proof = {
    engineVersion: "1.30.0",
    hostVersion: "v20.20.2",
    device: "AMD EPYC",
    software: false,
    threads: 2,
    parity: true,
  };
  const untimed = (side: CaseSummary, changes: Partial<typeof proof> = {}): CaseSummary => ({
    ...side,
    status: "untimed",
    reason: "the CPU plays the GPU",
    measured: null,
    proof: { ...proof, ...changes },
  });
  const from = untimed(before());

  test.each<[string, CaseSummary, CaseSummary, Finding["kind"][], string]>([
    ["is the same where it proves the same", from, untimed(after()), [], "same"],
    [
      "may lose its parity",
      from,
      untimed(after(), { parity: false }),
      ["parity lost"],
      "regressed",
    ],
    [
      "may get another device",
      from,
      untimed(after(), { software: true }),
      ["device changed"],
      "regressed",
    ],
    ["may be gone", from, { ...after(), ...failed }, ["runtime gone"], "regressed"],
    ["may be timed later", from, after(), ["timed on one side"], "cannot tell"],
    [
      "may have been timed before",
      before(),
      untimed(after()),
      ["timed on one side"],
      "cannot tell",
    ],
    [
      "loses its parity though it was timed before",
      before(),
      untimed(after(), { parity: false }),
      ["parity lost", "timed on one side"],
      "regressed",
    ],
    [
      "may be there again",
      { ...before(), ...failed },
      untimed(after()),
      ["recovered"],
      "cannot tell",
    ],
    [
      "may have another version",
      from,
      untimed(after(), { engineVersion: "1.31.0" }),
      ["version changed"],
      "same",
    ],
  ])("%s", (_, base, head, kinds, verdict) => {
    const [compared] = compareRuns([base], [head], options).cases as [CaseComparison];
    expect(kindsOf(compared)).toEqual(kinds);
    expect(compared.verdict).toBe(verdict);
    expect(compared.changes).toEqual([]);
  });

  test("is a regression where the head does not have it", () => {
    const other = sampleSummary({ run: "another", id: before().id.replace("b1", "b2") });
    const { cases } = compareRuns(
      [from, { ...other, run: before().run }],
      [{ ...other, run: after().run }],
      options,
    );
    expect(cases[0]!.verdict).toBe("regressed");
  });
});
