import {
  type CaseRecord,
  type FailedCase,
  type OkCase,
  parityHolds,
  ran,
  type RunRecord,
  speedOf,
  speeds,
  type UnavailableCase,
  type UntimedCase,
} from "@sebench/results";

/** The cases of a run by how they ended, each in the order of the run. */
export interface Outcomes {
  /** The timed cases whose parity holds. */
  readonly right: readonly OkCase[];
  /** The timed cases whose parity fails; their figures are shown and never ranked. */
  readonly wrong: readonly OkCase[];
  /** The cases that ran and were not timed, whether their parity holds or not. */
  readonly untimed: readonly UntimedCase[];
  readonly failed: readonly FailedCase[];
  readonly unavailable: readonly UnavailableCase[];
}

export function outcomesOf({ cases }: RunRecord): Outcomes {
  const ok = cases.filter((record) => record.status === "ok");
  return {
    right: ok.filter(parityHolds),
    wrong: ok.filter((record) => !parityHolds(record)),
    untimed: cases.filter((record) => record.status === "untimed"),
    failed: cases.filter((record) => record.status === "failed"),
    unavailable: cases.filter((record) => record.status === "unavailable"),
  };
}

/**
 * The run with its cases in the order of reports: native runtimes and wasm before what only
 * JavaScript computes, and software GPUs last; cases of one speed stay in their order.
 */
export function inReportOrder(run: RunRecord): RunRecord {
  return { ...run, cases: run.cases.toSorted((a, b) => speedRank(a) - speedRank(b)) };
}

function speedRank(record: CaseRecord): number {
  return speeds.indexOf(speedOf(record.runtime, ran(record) && record.attestation.software));
}
