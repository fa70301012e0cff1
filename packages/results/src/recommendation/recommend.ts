import { carriesPercentile, type Member, quantile } from "@sebench/measure";
import { type CaseRecord, type OkCase, parityHolds } from "../case/case-record.ts";
import type { MemberRecord } from "../case/member-record.ts";
import { groupBy } from "../record/group-by.ts";
import type { Interval } from "../record/quantity.ts";

export type Percentile = "p50" | "p90" | "p99";

/** The demands of a deployment, with null for what does not matter to it. */
export interface Criteria {
  /** The member of the pair that is deployed. */
  readonly member: Member;
  readonly percentile: Percentile;
  /** The most that the percentile of the latency may be. */
  readonly sloMs: number | null;
  /** The least top-1 accuracy, from 0 to 1. */
  readonly minAccuracy: number | null;
  readonly maxMemoryBytes: number | null;
}

/** A runtime that meets the criteria. */
export interface Candidate {
  readonly record: OkCase;
  readonly latencyMs: number;
  /**
   * The range in which the percentile may be: its interval, widened to the percentiles of
   * the replicas.
   */
  readonly range: Interval;
  /**
   * The time from nothing to the first answer: the median preparing plus the median first
   * run of the replicas.
   */
  readonly startMs: number;
  readonly imagesPerSecond: number;
  readonly peakRssBytes: number | null;
  /**
   * Whether the range reaches over the target, so that the runtime meets it, but not
   * beyond doubt.
   */
  readonly borderline: boolean;
  /** Whether the runtime cannot be told from the fastest. */
  readonly mayBeFastest: boolean;
  /**
   * The number of requests up to which the runtime is done sooner than the fastest,
   * which starts later. It is null if the runtime starts later itself, or is the fastest.
   */
  readonly soonerUpTo: number | null;
}

/** A runtime that does not meet the criteria, and the reason. */
export interface Rejection {
  readonly record: CaseRecord;
  readonly reason: string;
}

/** The runtimes to choose from, among cases that do the same work. */
export interface Recommendation {
  /** The runtimes that meet the criteria, the fastest first. */
  readonly candidates: readonly Candidate[];
  readonly rejections: readonly Rejection[];
}

/**
 * Sorts the runtimes of cases into those that meet the criteria and those that do not.
 *
 * @param cases The cases, which do the same work: one pair, size, batch and precision.
 */
export function recommend(cases: readonly CaseRecord[], criteria: Criteria): Recommendation {
  const judged = cases.map((record) => ({ record, reason: whyRejected(record, criteria) }));
  const candidates = judged
    .flatMap(({ record, reason }) =>
      record.status === "ok" && reason === null ? [candidateOf(record, criteria)] : [],
    )
    .toSorted((a, b) => a.latencyMs - b.latencyMs);
  const [fastest] = candidates;
  return {
    candidates: candidates.map((candidate) =>
      fastest ? besideFastest(candidate, fastest) : candidate,
    ),
    rejections: judged.flatMap(({ record, reason }) =>
      reason === null ? [] : [{ record, reason }],
    ),
  };
}

/** The cases in groups that do the same work, and so may be compared. */
export function casesByWork<Case extends CaseRecord>(cases: readonly Case[]): (readonly Case[])[] {
  const workOf = ({ network, imageSize, batch, precision }: Case) =>
    [network, imageSize, batch, precision].join(" ");
  return [...groupBy(cases, workOf).values()];
}

const probabilities: Readonly<Record<Percentile, number>> = { p50: 0.5, p90: 0.9, p99: 0.99 };

function whyRejected(record: CaseRecord, criteria: Criteria): string | null {
  if (record.status !== "ok") return `${record.status}: ${record.reason}`;
  if (!parityHolds(record)) return "its output differs from the oracle's";
  if (record.attestation.software) return "a software GPU: the CPU did its work";
  return (
    whyTooSlow(record.members[criteria.member], criteria) ??
    whyTooWrong(record, criteria) ??
    whyTooLarge(record.members[criteria.member], criteria)
  );
}

function whyTooSlow(member: MemberRecord, { percentile, sloMs }: Criteria): string | null {
  const latency = member.latencyMs[percentile];
  if (latency === null) {
    return `its ${member.latencyMs.n} samples do not carry ${percentile}: measure with a larger --budget`;
  }
  if (sloMs === null || latency <= sloMs) return null;
  return `${percentile} is ${latency.toPrecision(3)} ms, over ${sloMs} ms`;
}

function whyTooWrong({ accuracy }: OkCase, { minAccuracy, member }: Criteria): string | null {
  if (minAccuracy === null) return null;
  if (accuracy === null) return "its accuracy was not measured";
  const { top1 } = accuracy[member];
  return top1 >= minAccuracy ? null : `top-1 is ${top1.toFixed(3)}, under ${minAccuracy}`;
}

function whyTooLarge({ peakRssBytes }: MemberRecord, { maxMemoryBytes }: Criteria): string | null {
  if (maxMemoryBytes === null) return null;
  if (peakRssBytes === null) return "its memory cannot be read on this host";
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  return peakRssBytes <= maxMemoryBytes
    ? null
    : `it takes ${mebibytes(peakRssBytes)} MiB, over ${mebibytes(maxMemoryBytes)} MiB`;
}

function candidateOf(record: OkCase, { member, percentile, sloMs }: Criteria): Candidate {
  const own = record.members[member];
  const range = latencyRange(own, percentile);
  return {
    record,
    latencyMs: own.latencyMs[percentile]!,
    range,
    startMs: own.prepareMs.median + own.firstRunMs.median,
    imagesPerSecond: own.imagesPerSecond,
    peakRssBytes: own.peakRssBytes,
    borderline: sloMs !== null && range[1] > sloMs,
    mayBeFastest: false,
    soonerUpTo: null,
  };
}

/**
 * The range around the interval of the percentile, which takes samples to be
 * independent, and around the percentile of each replica that carries it, since
 * samples are not independent.
 */
export function latencyRange(
  { latencyMs, samplesMs }: MemberRecord,
  percentile: Percentile,
): Interval {
  const probability = probabilities[percentile];
  const replicas = samplesMs
    .map((rounds) => rounds.flat())
    .filter(({ length }) => length > 0)
    .filter(({ length }) => percentile === "p50" || carriesPercentile(length, probability))
    .map((samples) =>
      quantile(
        samples.toSorted((a, b) => a - b),
        probability,
      ),
    );
  const interval = latencyMs[`${percentile}Interval`] ?? samplesMs.flat(2);
  const known = [...interval, ...replicas];
  // A record may leave its samples out, and then has the percentile alone.
  const values = known.length > 0 ? known : [latencyMs[percentile]!];
  return [Math.min(...values), Math.max(...values)];
}

function besideFastest(candidate: Candidate, fastest: Candidate): Candidate {
  if (candidate === fastest) return { ...candidate, mayBeFastest: true };
  const overlap = candidate.range[0] <= fastest.range[1] && fastest.range[0] <= candidate.range[1];
  const head = fastest.startMs - candidate.startMs;
  const loss = candidate.latencyMs - fastest.latencyMs;
  return {
    ...candidate,
    mayBeFastest: overlap,
    soonerUpTo: head > 0 && loss > 0 ? Math.ceil(head / loss) : null,
  };
}
