import { topClass } from "@sebench/jobs";
import { compareRight, type Member, wilsonInterval } from "@sebench/measure";
import type { CaseAccuracy, MemberAccuracy } from "@sebench/results";

type OfBoth<Of> = Readonly<Record<Member, Of>>;

/**
 * The labels of images, and the oracle's answers to the images. Logits are row-major `[images,
 * classes]`.
 */
export interface LabelledAnswers {
  readonly dataset: string;
  readonly classes: number;
  /** The label of each image, which is its true class. */
  readonly labels: ArrayLike<number>;
  /** The oracle's logits. The labels and these logits may be of more images than were run. */
  readonly oracle: OfBoth<ArrayLike<number>>;
}

/**
 * Counts the labelled images that a runtime has right, beside the oracle and beside the other
 * member. All answers are to the same images, the first ones of the dataset.
 *
 * @param logits the runtime's logits; an image whose logits hold a NaN is wrong
 */
export function measureAccuracy(
  logits: OfBoth<ArrayLike<number>>,
  answers: LabelledAnswers,
): CaseAccuracy {
  const images = countRows(logits, answers);
  const here = {
    plain: judge(logits.plain, answers, images),
    se: judge(logits.se, answers, images),
  };
  const apart = compareRight(here.se.right, here.plain.right);
  const besideOracle = (member: Member) =>
    memberAccuracy(here[member], judge(answers.oracle[member], answers, images));
  return {
    dataset: answers.dataset,
    images,
    plain: besideOracle("plain"),
    se: besideOracle("se"),
    seAgainstPlain: { onlySe: apart.onlyFirst, onlyPlain: apart.onlySecond, p: apart.p },
  };
}

/**
 * The number of images that were run. Throws an `Error` unless both members were asked about the
 * same images.
 */
function countRows({ plain, se }: OfBoth<ArrayLike<number>>, answers: LabelledAnswers): number {
  const { classes, labels, oracle } = answers;
  const images = se.length / classes;
  const known = Math.min(labels.length, oracle.plain.length / classes, oracle.se.length / classes);
  if (plain.length === se.length && Number.isInteger(images) && images >= 1 && images <= known) {
    return images;
  }
  throw new Error(
    `the runtime gave ${plain.length} and ${se.length} logits of ${classes} classes for labelled images, of which ${known} are known`,
  );
}

/** What a member's logits say of each image. */
interface Judged {
  /** The class of the largest logit of each image, or -1 where a logit is NaN. */
  readonly top: Int32Array;
  readonly right: readonly boolean[];
}

function judge(
  logits: ArrayLike<number>,
  { classes, labels }: LabelledAnswers,
  images: number,
): Judged {
  const top = Int32Array.from({ length: images }, (_, image) => topClass(logits, image, classes));
  return { top, right: Array.from(top, (own, image) => own === labels[image]) };
}

function memberAccuracy(here: Judged, oracle: Judged): MemberAccuracy {
  const images = here.right.length;
  const correct = here.right.filter(Boolean).length;
  const apart = compareRight(here.right, oracle.right);
  return {
    correct,
    top1: correct / images,
    interval: wilsonInterval(correct, images),
    oracle: {
      agreeing: here.top.filter((top, image) => top === oracle.top[image]).length,
      top1: oracle.right.filter(Boolean).length / images,
      onlyHere: apart.onlyFirst,
      onlyOracle: apart.onlySecond,
      p: apart.p,
    },
  };
}
