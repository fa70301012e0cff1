import { type Interval, mcNemar, type Member, wilsonInterval } from "@sebench/measure";
import type { Answered, EvaluationRecord } from "./evaluation-record.ts";

/** Images that only one of two has right, and p of McNemar's exact test that both are right equally often. */
export interface Discordance {
  readonly onlyOne: number;
  readonly onlyOther: number;
  readonly p: number;
}

export interface Proportion {
  readonly count: number;
  readonly share: number;
  /** Of the share, 95 %, by Wilson's score. */
  readonly interval: Interval;
}

export interface MemberSummary {
  readonly top1: Proportion;
  /** Null where there are no more than five classes to choose from. */
  readonly top5: Proportion | null;
  /** Against the oracle, on the images that it was asked about. */
  readonly oracle: { readonly images: number; readonly agreeing: number } & Discordance;
  /** Against the first runtime that answered; null for that one itself. */
  readonly first: ({ readonly agreeing: number } & Discordance) | null;
}

export interface RuntimeSummary {
  readonly answered: Answered;
  readonly plain: MemberSummary;
  readonly se: MemberSummary;
  /** `onlyOne` are images that only the member with SE has right. */
  readonly seAgainstPlain: Discordance;
}

/** What the answers of an evaluation come to, for each runtime that gave some. */
export function summarizeEvaluation(record: EvaluationRecord): RuntimeSummary[] {
  const answered = record.answers.filter((of) => of.status === "ok");
  const [first] = answered;
  return answered.map((own) => ({
    answered: own,
    plain: summarizeMember(record, own, "plain", first!),
    se: summarizeMember(record, own, "se", first!),
    seAgainstPlain: discordance(own.se.top, own.plain.top, record.labels),
  }));
}

function summarizeMember(
  { labels, oracle, dataset }: EvaluationRecord,
  own: Answered,
  member: Member,
  first: Answered,
): MemberSummary {
  const { top, rank } = own[member];
  const asked = oracle.images.map((at) => top[at]!);
  const askedLabels = oracle.images.map((at) => labels[at]!);
  const classes = dataset.classes?.length ?? Infinity;
  const other = first[member].top;
  return {
    top1: proportion(countAgreeing(top, labels), labels.length),
    top5:
      classes > 5 ? proportion(rank.filter((of) => of >= 0 && of < 5).length, labels.length) : null,
    oracle: {
      images: asked.length,
      agreeing: countAgreeing(asked, oracle.top[member]),
      ...discordance(asked, oracle.top[member], askedLabels),
    },
    first:
      own === first
        ? null
        : { agreeing: countAgreeing(top, other), ...discordance(top, other, labels) },
  };
}

type Classes = readonly number[];

function countAgreeing(one: Classes, other: Classes): number {
  return one.filter((top, image) => top === other[image]).length;
}

function proportion(count: number, of: number): Proportion {
  return { count, share: count / of, interval: wilsonInterval(count, of) };
}

function discordance(one: Classes, other: Classes, labels: Classes): Discordance {
  const right = (of: Classes) => labels.map((label, image) => of[image] === label);
  const [a, b] = [right(one), right(other)];
  const onlyOne = a.filter((own, image) => own && !b[image]).length;
  const onlyOther = b.filter((own, image) => own && !a[image]).length;
  return { onlyOne, onlyOther, p: mcNemar(onlyOne, onlyOther) };
}
