import {
  type FailedCase,
  type OkCase,
  parityHolds,
  type RunRecord,
  type UnavailableCase,
} from "@sebench/results";

/** The cases of a run by how they ended, each in the order of the run. */
export interface Outcomes {
  /** The cases whose parity holds. */
  readonly right: readonly OkCase[];
  /** The cases whose parity fails; their figures are shown and never ranked. */
  readonly wrong: readonly OkCase[];
  readonly failed: readonly FailedCase[];
  readonly unavailable: readonly UnavailableCase[];
}

export function outcomesOf({ cases }: RunRecord): Outcomes {
  const ok = cases.filter((record) => record.status === "ok");
  return {
    right: ok.filter(parityHolds),
    wrong: ok.filter((record) => !parityHolds(record)),
    failed: cases.filter((record) => record.status === "failed"),
    unavailable: cases.filter((record) => record.status === "unavailable"),
  };
}
