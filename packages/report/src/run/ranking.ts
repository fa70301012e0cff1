import {
  besideForm,
  casesByWork,
  latencyRange,
  type OkCase,
  parityHolds,
  plainFormOf,
  type RunRecord,
} from "@sebench/results";
import { workLabel } from "../case/case-label.ts";
import { sameButLowering } from "../case/naive-form.ts";

/** The cases that do the same work and so may be compared: one pair, size, batch and precision. */
export interface Ranking {
  /** The work of the cases: `se-resnet50, 224 px, batch 1`. */
  readonly work: string;
  /**
   * The cases with right output on real devices, ascending by the median latency of the network
   * with SE.
   */
  readonly ranked: readonly OkCase[];
  /**
   * The ranked cases that may be the fastest: the first, and all that cannot be told apart from
   * it.
   */
  readonly fastest: readonly OkCase[];
  /** The cases on a software GPU or with wrong output. */
  readonly unranked: readonly OkCase[];
}

/**
 * The rankings of a run, one for each work of which at least one case ran, in the order of the
 * run.
 */
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

/**
 * The comparison of two cases with SE, `record` and `first`, of which `first` has the smaller
 * median.
 */
interface Slowdown {
  /** The time of `record` over the time of `first`. */
  readonly factor: number;
  readonly beyondDoubt: boolean;
  /**
   * What is compared: both forms of SE in the same rounds, what each costs over its own plain
   * network, or the latencies.
   */
  readonly by: "rounds" | "overhead" | "latency";
}

/**
 * Compares two cases. Two forms of one network are compared in the rounds that both were measured
 * in, or, where each was measured by itself, by what they cost over the plain network, since what
 * slowed the machine during one of the cases is not in that. Other cases, and forms of the activations,
 * which the plain network has as well, are compared by their medians. The intervals of medians take the samples of a process to be independent,
 * which they are not, so the medians of the replicas must lie apart as well.
 */
export function slowdownOf(record: OkCase, first: OkCase): Slowdown {
  const paired = besideForm(record, first);
  if (paired?.interval) {
    return { factor: paired.ratio, beyondDoubt: paired.interval[0] > 1, by: "rounds" };
  }
  const [cost, least] = [record.overhead, first.overhead];
  const samePlain =
    sameButLowering(record, first) && plainFormOf(record.lowering) === plainFormOf(first.lowering);
  if (samePlain && cost.interval && least.interval) {
    const beyondDoubt = cost.interval[0] > least.interval[1];
    return { factor: cost.ratio / least.ratio, beyondDoubt, by: "overhead" };
  }
  const [own, fastest] = [record.members.se, first.members.se];
  return {
    factor: own.latencyMs.p50 / fastest.latencyMs.p50,
    beyondDoubt: latencyRange(own, "p50")[0] > latencyRange(fastest, "p50")[1],
    by: "latency",
  };
}
