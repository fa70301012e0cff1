import { holmAdjusted, type RatioChange } from "@sebench/measure";

/** The verdict on how a ratio changed from one run to another. */
export type Verdict = "regressed" | "improved" | "same" | "cannot tell";

/** The probability of one or more verdicts of a change, over all cases, if nothing has changed. */
export const familyError = 0.01;

/**
 * The verdict on each change of a suite.
 *
 * A change is beyond doubt if its p value, adjusted by Holm's method over the suite,
 * is at most 1 %. It is then `regressed` or `improved`, unless its 95 % interval shows
 * that it is smaller than the threshold. `same` needs such an interval too, since
 * finding nothing is no proof that nothing is there. Any other change is `cannot tell`.
 *
 * @param thresholds The change that matters, for each change: 0.02 is 2 %.
 */
export function verdictsOf(
  changes: readonly (RatioChange | null)[],
  thresholds: readonly number[],
): Verdict[] {
  const tested = changes.flatMap((change) => (change === null ? [] : [change.pValue]));
  const adjusted = holmAdjusted(tested).values();
  return changes.map((change, index) => {
    if (change === null) return "cannot tell";
    const pValue = adjusted.next().value!;
    if (isWithin(change, thresholds[index]!)) return "same";
    if (pValue > familyError) return "cannot tell";
    return change.ratio > 1 ? "regressed" : "improved";
  });
}

function isWithin({ interval: [low, high] }: RatioChange, threshold: number): boolean {
  return high < 1 + threshold && low > 1 / (1 + threshold);
}
