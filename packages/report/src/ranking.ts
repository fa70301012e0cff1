import {
  casesByWork,
  latencyRange,
  type OkCase,
  parityHolds,
  type RunRecord,
} from "@sebench/results";
import { workLabel } from "./case-label.ts";
import { sameButLowering } from "./naive-form.ts";

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
    const fastest = ranked.filter((record) => !surelySlower(record, ranked[0]!));
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
 * Whether the network with SE takes longer than that of `first` beyond doubt. The
 * interval of a median takes the samples of a process to be independent, and they
 * are not: so the medians of the replicas must lie apart as well. Two forms of one
 * network were measured against the same plain one, so there it is enough that the
 * overheads lie apart: what slowed the machine during one case is not in them.
 */
function surelySlower(record: OkCase, first: OkCase): boolean {
  const [own, least] = [record, first].map(({ members }) => latencyRange(members.se, "p50"));
  if (own![0] > least![1]) return true;
  const [cost, leastCost] = [record.overhead.interval, first.overhead.interval];
  return (
    sameButLowering(record, first) && cost !== null && leastCost !== null && cost[0] > leastCost[1]
  );
}
