import type { Member } from "@sebench/measure";
import { z } from "zod";
import { count, fraction, interval, words } from "../record/quantity.ts";

/** Of McNemar's test in its exact form, two-sided. */
const p = fraction;

/** How many of the labelled images a member has right: its largest logit is of the right class. */
const memberAccuracy = z.strictObject({
  correct: count,
  /** Their share of the images. */
  top1: fraction,
  /** Of `top1`, by Wilson's score. */
  interval,
  /** Beside the oracle on the same images. */
  oracle: z.strictObject({
    /** Images whose largest logit is of the same class as the oracle's, right or wrong. */
    agreeing: count,
    /** The oracle's own. */
    top1: fraction,
    /** Images that the runtime has right and the oracle wrong, and the other way round. */
    onlyHere: count,
    onlyOracle: count,
    /** That both are right equally often. */
    p,
  }),
});
export type MemberAccuracy = z.infer<typeof memberAccuracy>;

/** What the sessions that were timed gave for labelled images, the first ones of the data set. */
export const caseAccuracy = z.strictObject({
  dataset: words,
  images: count.min(1),
  plain: memberAccuracy,
  se: memberAccuracy,
  /** The members on the same images. */
  seAgainstPlain: z.strictObject({
    /** Images that only the member with SE has right, or only the plain one. */
    onlySe: count,
    onlyPlain: count,
    /** That both are right equally often. */
    p,
  }),
});
export type CaseAccuracy = z.infer<typeof caseAccuracy>;

/**
 * A p value below which a member that is right less often than the oracle has lost
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
