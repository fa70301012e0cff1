import type { Member } from "@sebench/measure";
import {
  type AloneCase,
  besideForm,
  type CaseRecord,
  type OkCase,
  parityHolds,
  ran,
  timesOfAlone,
} from "../case/case-record.ts";
import { latencyRange, type MemberRecord } from "../case/member-record.ts";
import {
  bestServed,
  type Percentile,
  percentiles,
  type ServedRate,
  whyNotServed,
} from "../serving/serving-record.ts";
import { downloadBytes, type MemberStart, memoryGrowth } from "../case/start-record.ts";
import { groupBy } from "../record/group-by.ts";
import type { Interval } from "../record/quantity.ts";

/** The demands of a deployment, with null for what does not matter to it. */
export interface Criteria {
  /**
   * The scenario by which runtimes are ranked: by the latency of one run after the other, or by the
   * highest rate of requests that keeps the limit, which then must be given.
   */
  readonly scenario: "single-stream" | "server";
  /** The member of the pair that is deployed. */
  readonly member: Member;
  readonly percentile: Percentile;
  /** The most that the percentile of the latency may be. */
  readonly sloMs: number | null;
  /** The least top-1 accuracy, from 0 to 1. */
  readonly minAccuracy: number | null;
  /** The most bytes by which a fresh process or browser may grow at its peak. */
  readonly maxMemoryBytes: number | null;
  /** The latest that the first answer of a fresh process or page may come. */
  readonly maxFirstAnswerMs: number | null;
  /** The most bytes that a visitor may download, compressed with brotli. */
  readonly maxDownloadBytes: number | null;
}

/** A case that may be ranked: of a pair, or of a model by itself. */
type Ranked = OkCase | AloneCase;

/** A runtime that meets the criteria. */
export interface Candidate {
  readonly record: Ranked;
  readonly latencyMs: number;
  /**
   * The range in which the percentile may be: its interval, widened to the percentiles of
   * the replicas.
   */
  readonly range: Interval;
  /**
   * The median time from the start of a fresh process or page to its first answer, or null if no
   * start was measured.
   */
  readonly firstAnswerMs: number | null;
  /** The images a second: in the server scenario those of the highest rate that keeps the limit. */
  readonly imagesPerSecond: number;
  /** The highest rate that keeps the limit, and its workers, or null outside the server scenario. */
  readonly served: ServedRate | null;
  /** The median growth of a fresh process or browser at its peak, or null if it is not known. */
  readonly peakBytes: number | null;
  /** The bytes of a page's download after brotli, or null outside browsers. */
  readonly downloadBytes: number | null;
  /**
   * Whether the range reaches over the target, so that the runtime meets it, but not
   * beyond doubt.
   */
  readonly borderline: boolean;
  /** Whether the runtime cannot be told from the fastest. */
  readonly mayBeFastest: boolean;
  /**
   * The number of requests up to which the runtime is done sooner than the fastest,
   * which answers first later. It is null if the runtime answers first later itself, is the
   * fastest, or if no start was measured of either.
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
      isRanked(record) && reason === null ? [candidateOf(record, criteria)] : [],
    )
    .toSorted((a, b) =>
      a.served && b.served ? b.imagesPerSecond - a.imagesPerSecond : a.latencyMs - b.latencyMs,
    );
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

const isRanked = (record: CaseRecord): record is Ranked =>
  record.status === "ok" || record.status === "alone";

/** The times of the member that is deployed, or null of a model by itself that was not timed. */
function timesOf(record: Ranked, { member }: Criteria): MemberRecord | null {
  return record.status === "ok" ? record.members[member] : timesOfAlone(record);
}

function whyRejected(record: CaseRecord, criteria: Criteria): string | null {
  if (!ran(record) && record.status !== "alone") return `${record.status}: ${record.reason}`;
  const isRight = record.status === "alone" ? record.parity.se.pass : parityHolds(record);
  if (!isRight) return "its output differs from the oracle's";
  if (record.status === "untimed") return `not timed: ${record.reason}`;
  if (record.attestation.software) return "a software GPU: the CPU did its work";
  return (
    whyTooSlow(record, criteria) ??
    whyTooWrong(record, criteria) ??
    whyStartsBadly(record, criteria)
  );
}

function whyTooSlow(record: Ranked, criteria: Criteria): string | null {
  const { percentile, sloMs } = criteria;
  if (criteria.scenario === "server") {
    if (servedOf(record, criteria) !== null) return null;
    const serving = (record.status === "ok" && record.serving) || {};
    return whyNotServed(serving, `${percentile} within ${sloMs} ms`);
  }
  const member = timesOf(record, criteria);
  if (member === null) return "it was not timed";
  const latency = member.latencyMs[percentile];
  if (latency === null) {
    return `its ${member.latencyMs.n} samples do not carry ${percentile}: measure with a larger --budget`;
  }
  if (sloMs === null || latency <= sloMs) return null;
  return `${percentile} is ${Number(latency.toPrecision(3))} ms, over ${sloMs} ms`;
}

function servedOf(record: Ranked, { member, percentile, sloMs, scenario }: Criteria) {
  const server = record.status === "ok" ? record.serving?.server : undefined;
  if (scenario !== "server" || sloMs === null || server?.status !== "ok") return null;
  return bestServed(server.rows, member, {
    probability: percentiles[percentile],
    limitMs: sloMs,
  });
}

function whyTooWrong(record: Ranked, { minAccuracy, member }: Criteria): string | null {
  if (minAccuracy === null) return null;
  const accuracy = record.status === "ok" ? record.accuracy : null;
  if (accuracy === null) return "its accuracy was not measured";
  const { top1 } = accuracy[member];
  return top1 >= minAccuracy ? null : `top-1 is ${top1.toFixed(3)}, under ${minAccuracy}`;
}

/** Why the demands on a fresh process or page are not met, or cannot be told to be met. */
function whyStartsBadly(record: Ranked, criteria: Criteria): string | null {
  const { maxMemoryBytes, maxFirstAnswerMs, maxDownloadBytes } = criteria;
  const asked = [maxMemoryBytes, maxFirstAnswerMs, maxDownloadBytes];
  if (asked.every((limit) => limit === null)) return null;
  const start = startOf(record, criteria);
  if (start === null) return `cannot tell: ${whyNoStart(record)}`;
  return (
    whyTooLarge(start, maxMemoryBytes) ??
    whyTooLate(start, maxFirstAnswerMs) ??
    whyTooHeavy(start, maxDownloadBytes)
  );
}

function startOf(record: Ranked, { member }: Criteria): MemberStart | null {
  const start = record.status === "ok" ? record.start : null;
  return start?.ok ? start[member] : null;
}

function whyNoStart(record: Ranked): string {
  if (record.status === "alone") return "no fresh start is measured of a model by itself";
  const { start } = record;
  if (start !== null && !start.ok) {
    const remedy = start.remedy === null ? "" : `; ${start.remedy}`;
    return `no fresh start was measured, since ${start.reason}${remedy}`;
  }
  return "its record has no fresh start, and the older figures are not comparable";
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);

function whyTooLarge(start: MemberStart, most: number | null): string | null {
  if (most === null) return null;
  const peak = memoryGrowth(start, "peak");
  if (peak === null) return "cannot tell: its memory cannot be read on this system";
  if (peak.median <= most) return null;
  return `it takes ${mebibytes(peak.median)} MiB at its peak, over ${mebibytes(most)} MiB`;
}

function whyTooLate({ firstAnswerMs: { median } }: MemberStart, most: number | null) {
  if (most === null || median <= most) return null;
  return `its first answer comes after ${Number(median.toPrecision(3))} ms, over ${most} ms`;
}

function whyTooHeavy(start: MemberStart, most: number | null): string | null {
  const bytes = downloadBytes(start);
  // Nobody downloads what runs in a process.
  if (most === null || bytes === null || bytes <= most) return null;
  return `a visitor downloads ${mebibytes(bytes)} MiB, over ${mebibytes(most)} MiB`;
}

function candidateOf(record: Ranked, criteria: Criteria): Candidate {
  const { percentile, sloMs } = criteria;
  // What was not timed is rejected.
  const own = timesOf(record, criteria)!;
  const start = startOf(record, criteria);
  const served = servedOf(record, criteria);
  const range = latencyRange(own, served ? "p50" : percentile);
  return {
    record,
    served,
    latencyMs: served ? own.latencyMs.p50 : own.latencyMs[percentile]!,
    range,
    firstAnswerMs: start && start.firstAnswerMs.median,
    imagesPerSecond: served ? served.rate * record.batch : own.imagesPerSecond,
    peakBytes: (start && memoryGrowth(start, "peak")?.median) ?? null,
    downloadBytes: start && downloadBytes(start),
    borderline: served === null && sloMs !== null && range[1] > sloMs,
    mayBeFastest: false,
    soonerUpTo: null,
  };
}

function besideFastest(candidate: Candidate, fastest: Candidate): Candidate {
  if (candidate === fastest) return { ...candidate, mayBeFastest: true };
  const known = fastest.firstAnswerMs !== null && candidate.firstAnswerMs !== null;
  const head = known ? fastest.firstAnswerMs - candidate.firstAnswerMs : 0;
  const loss = candidate.latencyMs - fastest.latencyMs;
  return {
    ...candidate,
    mayBeFastest: mayBeAsFast(candidate, fastest),
    soonerUpTo: fastest.served === null && head > 0 && loss > 0 ? Math.ceil(head / loss) : null,
  };
}

/**
 * Whether a candidate cannot be told from the fastest. Two forms of a network that were measured in
 * the same rounds are compared in these, others by their ranges.
 */
function mayBeAsFast({ record, range, served }: Candidate, fastest: Candidate): boolean {
  if (served && fastest.served) {
    // The fastest keeps its rate; how much more the other would keep was not found out.
    return served.notKept === null || served.notKept > fastest.served.rate;
  }
  const both = record.status === "ok" && fastest.record.status === "ok";
  const paired = both ? besideForm(record, fastest.record as OkCase) : null;
  if (paired?.interval) return paired.interval[0] <= 1;
  return range[0] <= fastest.range[1] && fastest.range[0] <= range[1];
}
