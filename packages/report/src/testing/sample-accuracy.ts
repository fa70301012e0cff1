import { mcNemar, wilsonInterval } from "@sebench/measure";
import type { CaseAccuracy, MemberAccuracy } from "@sebench/results";

/**
 * The numbers of images that a made-up member has right, alone or with the oracle, and that the
 * oracle alone has right.
 */
interface Counts {
  readonly correct: number;
  readonly agreeing: number;
  readonly onlyHere: number;
  readonly onlyOracle: number;
}

/** The accuracy of a made-up case from its counts of images. */
export function accuracyOf(given: {
  readonly images: number;
  readonly plain: Counts;
  readonly se: Counts;
  readonly onlySe: number;
  readonly onlyPlain: number;
}): CaseAccuracy {
  const { images, plain, se, onlySe, onlyPlain } = given;
  return {
    dataset: "fashion-mnist",
    images,
    plain: memberAccuracy(plain, images),
    se: memberAccuracy(se, images),
    seAgainstPlain: { onlySe, onlyPlain, p: mcNemar(onlySe, onlyPlain) },
  };
}

function memberAccuracy(
  { correct, agreeing, onlyHere, onlyOracle }: Counts,
  images: number,
): MemberAccuracy {
  return {
    correct,
    top1: correct / images,
    interval: wilsonInterval(correct, images),
    oracle: {
      agreeing,
      top1: (correct - onlyHere + onlyOracle) / images,
      onlyHere,
      onlyOracle,
      p: mcNemar(onlyHere, onlyOracle),
    },
  };
}
