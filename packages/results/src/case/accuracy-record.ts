import type { Member } from "@sebench/measure";
import { z } from "zod";
import { count, fraction, interval, words } from "../record/quantity.ts";

/**
 * The p value of McNemar's test in its exact form, two-sided, that both are right equally
 * often.
 */
const p = fraction;

/** The labelled images that a member has right, since its largest logit is of the right class. */
const memberAccuracy = z.strictObject({
  correct: count,
  /** The share of the images that the member has right. */
  top1: fraction,
  /** The 95 % interval of `top1`, by Wilson's score. */
  interval,
  /** The comparison with the oracle on the same images. */
  oracle: z.strictObject({
    /** The images whose largest logit is of the same class as the oracle's, right or wrong. */
    agreeing: count,
    /** The share of the images that the oracle has right. */
    top1: fraction,
    /** The images that the runtime has right and the oracle wrong. */
    onlyHere: count,
    /** The images that the oracle has right and the runtime wrong. */
    onlyOracle: count,
    p,
  }),
});
export type MemberAccuracy = z.infer<typeof memberAccuracy>;

/** The accuracy of the sessions that were timed, on the first labelled images of the data set. */
export const caseAccuracy = z.strictObject({
  dataset: words,
  images: count.min(1),
  plain: memberAccuracy,
  se: memberAccuracy,
  /** The comparison of the members on the same images. */
  seAgainstPlain: z.strictObject({
    /** The images that only the member with SE has right. */
    onlySe: count,
    /** The images that only the plain member has right. */
    onlyPlain: count,
    p,
  }),
});
export type CaseAccuracy = z.infer<typeof caseAccuracy>;

/**
 * The p value below which a member that is right less often than the oracle has lost
 * accuracy: of a hundred that have lost none, fewer than one is called so.
 */
const lostBelow = 0.01;

/** The members that have lost accuracy against the oracle. */
export function membersLosing(accuracy: CaseAccuracy | null): Member[] {
  return (["plain", "se"] as const).filter((member) => {
    if (accuracy === null) return false;
    const { p: chance, onlyHere, onlyOracle } = accuracy[member].oracle;
    return chance < lostBelow && onlyOracle > onlyHere;
  });
}
