import {
  casesByWork,
  latencyRange,
  type OkCase,
  parityHolds,
  type RunRecord,
} from "@sebench/results";
import { workLabel } from "../case/case-label.ts";
import { sameButLowering } from "../case/naive-form.ts";

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
    const fastest = ranked.filter((record) => !slowdownOf(record, ranked[0]!).beyondDoubt);
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

/** How the networks with SE of two cases compare, of which `first` has the smaller median. */
interface Slowdown {
  /** What `record` takes of the time of `first`. */
  readonly factor: number;
  readonly beyondDoubt: boolean;
  /** Whether by what both cost over the plain network, not by their latencies. */
  readonly overPlain: boolean;
}

/**
 * Two forms of one network are compared by what they cost over the plain one: what
 * slowed the machine during one of the cases is not in that. Others are by their
 * medians, whose intervals take the samples of a process to be independent, and they
 * are not: so the medians of the replicas must lie apart as well.
 */
export function slowdownOf(record: OkCase, first: OkCase): Slowdown {
  const [cost, least] = [record.overhead, first.overhead];
  if (sameButLowering(record, first) && cost.interval && least.interval) {
    const beyondDoubt = cost.interval[0] > least.interval[1];
    return { factor: cost.ratio / least.ratio, beyondDoubt, overPlain: true };
  }
  const [own, fastest] = [record.members.se, first.members.se];
  return {
    factor: own.latencyMs.p50 / fastest.latencyMs.p50,
    beyondDoubt: latencyRange(own, "p50")[0] > latencyRange(fastest, "p50")[1],
    overPlain: false,
  };
}
