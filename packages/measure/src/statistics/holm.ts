/**
 * p values adjusted for being the smallest of many: a test that rejects where its
 * adjusted value is at most `alpha` errs in one or more of all of them with at
 * most that probability, whatever their dependence (Holm 1979, "A simple
 * sequentially rejective multiple test procedure").
 *
 * @returns in the order given
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
