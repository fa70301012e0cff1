import {
  casesByWork,
  latencyRange,
  type OkCase,
  parityHolds,
  type RunRecord,
} from "@sebench/results";
import { workLabel } from "./case-label.ts";

/** The cases that do the same work, and so may be compared: one pair, size, batch and precision. */
export interface Ranking {
  /** `se-resnet50, 224 px, batch 1` */
  readonly work: string;
  /** Ascending by the median latency of the network with SE. */
  readonly ranked: readonly OkCase[];
  /** Those of them that may be the fastest: the first, and all that cannot be told apart from it. */
  readonly fastest: readonly OkCase[];
  /** On a software GPU, or with wrong output. */
  readonly unranked: readonly OkCase[];
}

/** One for each work of which at least one case ran, in the order of the run. */
export function rankingsOf(run: RunRecord): Ranking[] {
  const ok = run.cases.filter((record) => record.status === "ok");
  return casesByWork(ok).map((cases) => {
    const work = workOf(cases[0]!);
    const ranked = cases
      .filter(mayBeRanked)
      .toSorted((a, b) => a.members.se.latencyMs.p50 - b.members.se.latencyMs.p50);
    const unranked = cases.filter((record) => !mayBeRanked(record));
    const fastest = ranked.filter((record) => cannotBeToldApart(ranked[0]!, record));
    return { work, ranked, fastest, unranked };
  });
}

function mayBeRanked(record: OkCase): boolean {
  return parityHolds(record) && !record.attestation.software;
}

function workOf(record: OkCase): string {
  const work = workLabel(record);
  return record.precision === "fp32" ? work : `${work}, ${record.precision}`;
}

/**
 * Whether either network with SE may be the faster. The interval of a median
 * takes the samples of a process to be independent, and they are not: so the
 * medians of the replicas must lie apart as well.
 */
function cannotBeToldApart(a: OkCase, b: OkCase): boolean {
  const [one, other] = [latencyRange(a.members.se, "p50"), latencyRange(b.members.se, "p50")];
  return one[0] <= other[1] && other[0] <= one[1];
}
