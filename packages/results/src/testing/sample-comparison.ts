import { expect } from "vitest";
import { type CaseComparison, compareRuns } from "../comparison/compare-runs.ts";
import type { Finding } from "../comparison/findings.ts";
import type { CaseSummary, MeasuredSummary } from "../history/case-summary.ts";
import { replicasAround, sampleSummary } from "./sample-summary.ts";

export const options = { threshold: 0.02, allowMissing: false };

export const before = (figures: Partial<MeasuredSummary> = {}) =>
  sampleSummary({ run: "base" }, figures);
export const after = (figures: Partial<MeasuredSummary> = {}) =>
  sampleSummary({ run: "head" }, figures);

export const failed = { status: "failed", reason: "out of memory", measured: null } as const;
export const unavailable = { status: "unavailable", reason: "no GPU", measured: null } as const;

export function compareCase(base: CaseSummary, head: CaseSummary): CaseComparison {
  const { cases } = compareRuns([base], [head], options);
  expect(cases).toHaveLength(1);
  return cases[0]!;
}

export function kindsOf({ findings }: CaseComparison): Finding["kind"][] {
  return findings.map(({ kind }) => kind);
}

export function overheadOf(ratio: number, spread?: number): Pick<MeasuredSummary, "overhead"> {
  return { overhead: { ratio, interval: null, replicas: replicasAround(ratio, spread) } };
}
