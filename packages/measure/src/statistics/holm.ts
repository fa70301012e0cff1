/**
 * The p values of several tests, adjusted for how many tests there are. Where each
 * test rejects if its adjusted p value is at most `alpha`, the probability that one
 * or more of them err is at most `alpha`, whatever their dependence (Holm 1979,
 * "A simple sequentially rejective multiple test procedure").
 *
 * @returns The adjusted p values, in the order given.
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).toSorted((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = pValues.slice();
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = largest;
  }
  return adjusted;
}
