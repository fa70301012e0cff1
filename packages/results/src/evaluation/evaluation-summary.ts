import {
  compareRight,
  type Interval,
  type Member,
  type RightApart,
  wilsonInterval,
} from "@sebench/measure";
import type { Answered, EvaluationRecord } from "./evaluation-record.ts";

export interface Proportion {
  readonly count: number;
  readonly share: number;
  /** The 95 % interval of the share, by Wilson's score. */
  readonly interval: Interval;
}

export interface MemberSummary {
  readonly top1: Proportion;
  /**
   * The share of images that are right by top-5, or null if there are no more than five
   * classes to choose from.
   */
  readonly top5: Proportion | null;
  /** The comparison with the oracle, on the images that the oracle was asked about. */
  readonly oracle: { readonly images: number; readonly agreeing: number } & RightApart;
  /** The comparison with the first runtime that answered, or null for that runtime itself. */
  readonly first: ({ readonly agreeing: number } & RightApart) | null;
}

export interface RuntimeSummary {
  readonly answered: Answered;
  readonly plain: MemberSummary;
  readonly se: MemberSummary;
  /**
   * The comparison of the members, where `onlyFirst` counts images that only the member
   * with SE has right.
   */
  readonly seAgainstPlain: RightApart;
}

/** The figures of an evaluation, for each runtime that gave answers. */
export function summarizeEvaluation(record: EvaluationRecord): RuntimeSummary[] {
  const answered = record.answers.filter((of) => of.status === "ok");
  const [first] = answered;
  return answered.map((own) => ({
    answered: own,
    plain: summarizeMember(record, own, "plain", first!),
    se: summarizeMember(record, own, "se", first!),
    seAgainstPlain: apart(own.se.top, own.plain.top, record.labels),
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
      ...apart(asked, oracle.top[member], askedLabels),
    },
    first:
      own === first ? null : { agreeing: countAgreeing(top, other), ...apart(top, other, labels) },
  };
}

type Classes = readonly number[];

function countAgreeing(one: Classes, other: Classes): number {
  return one.filter((top, image) => top === other[image]).length;
}

function proportion(count: number, of: number): Proportion {
  return { count, share: count / of, interval: wilsonInterval(count, of) };
}

function apart(one: Classes, other: Classes, labels: Classes): RightApart {
  const right = (of: Classes) => labels.map((label, image) => of[image] === label);
  return compareRight(right(one), right(other));
}
