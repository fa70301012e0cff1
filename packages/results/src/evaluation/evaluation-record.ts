import {
  compareRight,
  type Interval,
  type Member,
  type RightApart,
  wilsonInterval,
} from "@sebench/measure";
import { z } from "zod";
import { tableName } from "../case/case-record.ts";
import { attestation } from "../case/proof-fields.ts";
import { untrainedPlain, weights } from "../case/weights-origin.ts";
import { machineRecord } from "../machine/machine-record.ts";
import { count, moment, ofBoth, words } from "../record/quantity.ts";
import { git, shard } from "../run/run-record.ts";
import { datasetListing } from "./dataset-listing.ts";

/** The schema of an evaluation that this version writes and reads. */
export const evaluationVersion = "sebench-evaluation/1";

/** A whole number from 0, or -1 if a logit was NaN. */
const answer = z.int().min(-1);

/** The answers of a member to each image. */
const memberAnswers = z.strictObject({
  /** The class of the largest logit, by image. */
  top: z.array(answer).readonly(),
  /**
   * The number of logits that are larger than the label's, by image; below 5 the image is
   * right by top-5.
   */
  rank: z.array(answer).readonly(),
});
export type MemberAnswers = z.infer<typeof memberAnswers>;

const place = {
  /** The engine and device: `onnxruntime-node/cpu`. */
  runtime: words,
  host: words,
};

const answered = z.strictObject({
  ...place,
  status: z.literal("ok"),
  engineVersion: words,
  hostVersion: words,
  attestation,
  plain: memberAnswers,
  se: memberAnswers,
});
const unanswered = z.strictObject({
  ...place,
  status: z.enum(["failed", "unavailable"]),
  reason: words,
  remedy: words.nullable(),
});
export type Answered = z.infer<typeof answered>;
export type Unanswered = z.infer<typeof unanswered>;

/** A run of `bench eval`, over a part of the images or all of them. */
const part = z.strictObject({
  started: moment,
  finished: moment,
  sebench: words,
  git,
  command: words,
  shard: shard.nullable(),
  /**
   * The SHA-256 of the SHA-256 of each image file that this part read, in order and one a line,
   * where the dataset's identity does not cover all bytes.
   */
  content: words.optional(),
  machine: machineRecord,
});

const brokenFile = z.strictObject({ file: words, reason: words });

/** The classes that runtimes gave to the images of a dataset. */
export const evaluationRecord = z
  .strictObject({
    schema: z.literal(evaluationVersion),
    parts: z.array(part).min(1).readonly(),
    /** The network with SE. */
    network: tableName,
    plain: tableName,
    /** The height and the width of an image, in pixels. */
    imageSize: count.min(1),
    precision: z.enum(["fp32", "fp16", "int8"]),
    weights,
    /**
     * Why the plain member's answers, which show how runtimes agree, say nothing of its accuracy;
     * left out where that member was trained.
     */
    untrainedPlain: words.optional(),
    dataset: z.strictObject({
      name: words,
      identity: words,
      preprocessing: words,
      classes: z.array(words).nullable().readonly(),
      /** How a folder of image files was listed; records before this was kept have none. */
      listing: datasetListing.optional(),
    }),
    /** The label of each image that could be read. */
    labels: z.array(count).min(1).readonly(),
    /** The images that could not be read. */
    broken: z.array(brokenFile).readonly(),
    /** The oracle's top classes of some of the images. */
    oracle: z.strictObject({
      /** The places of the images in `labels`. */
      images: z.array(count).readonly(),
      top: ofBoth(z.array(answer).readonly()),
    }),
    answers: z.array(z.discriminatedUnion("status", [answered, unanswered])).readonly(),
  })
  .refine(
    ({ labels, answers }) =>
      answers.every(
        (of) =>
          of.status !== "ok" ||
          [of.plain, of.se].every(
            ({ top, rank }) => top.length === labels.length && rank.length === labels.length,
          ),
      ),
    { path: ["answers"], error: "are not as many as the images" },
  );
export type EvaluationRecord = z.infer<typeof evaluationRecord>;
export type EvaluationPart = z.infer<typeof part>;

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

/** The agreement of a member's answers with others, whatever the labels are. */
interface Agreement {
  readonly oracle: { readonly images: number; readonly agreeing: number };
  /** The images on which the first runtime gave the same class; null for that runtime itself. */
  readonly first: { readonly agreeing: number } | null;
}

export interface RuntimeSummary {
  readonly answered: Answered;
  /** The figures of the plain member; only its agreement where it was never trained. */
  readonly plain: MemberSummary | ({ readonly top1: null } & Agreement);
  readonly se: MemberSummary;
  /**
   * The comparison of the members, where `onlyFirst` counts images that only the member
   * with SE has right, or null where the plain member was never trained.
   */
  readonly seAgainstPlain: RightApart | null;
}

/** The figures of an evaluation, for each runtime that gave answers. */
export function summarizeEvaluation(record: EvaluationRecord): RuntimeSummary[] {
  const answers = record.answers.filter((of) => of.status === "ok");
  const [first] = answers;
  // Records of older versions do not say it, so that it is told anew from the weights.
  const trained = untrainedPlain(record.weights, record) === null;
  return answers.map((own) => {
    const plain = summarizeMember(record, own, "plain", first!);
    return {
      answered: own,
      plain: trained ? plain : agreementOf(plain),
      se: summarizeMember(record, own, "se", first!),
      seAgainstPlain: trained ? apart(own.se.top, own.plain.top, record.labels) : null,
    };
  });
}

function agreementOf({ oracle, first }: MemberSummary): RuntimeSummary["plain"] {
  return {
    top1: null,
    oracle: { images: oracle.images, agreeing: oracle.agreeing },
    first: first && { agreeing: first.agreeing },
  };
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

function proportion(counted: number, of: number): Proportion {
  return { count: counted, share: counted / of, interval: wilsonInterval(counted, of) };
}

function apart(one: Classes, other: Classes, labels: Classes): RightApart {
  const right = (of: Classes) => labels.map((label, image) => of[image] === label);
  return compareRight(right(one), right(other));
}
