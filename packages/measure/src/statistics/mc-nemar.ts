/**
 * McNemar's test (1947) in its exact form: whether two classifiers that were
 * asked about the same images are right equally often. Only the images that one
 * of them has right and the other wrong tell anything; were both equally good,
 * each of these would be as likely to be the one's as the other's.
 *
 * @param onlyFirst images that only the first has right
 * @param onlySecond images that only the second has right
 * @returns the two-sided p value, by the binomial distribution; 1 where no image tells them apart
 */
export function mcNemar(onlyFirst: number, onlySecond: number): number {
  const trials = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // In logarithms: the chance of none is no double from 1,075 trials on.
  let logChance = -trials * Math.LN2;
  let tail = Math.exp(logChance);
  for (let successes = 1; successes <= fewer; successes++) {
    logChance += Math.log((trials - successes + 1) / successes);
    tail += Math.exp(logChance);
  }
  // Both tails hold the middle where the counts are equal.
  return Math.min(1, 2 * tail);
}

/** Images that only one of two has right, and p of `mcNemar`. */
export interface RightApart {
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly p: number;
}

/** Compares two on the same images, of each of which they are right or not. */
export function compareRight(first: readonly boolean[], second: readonly boolean[]): RightApart {
  const onlyFirst = first.filter((right, image) => right && !second[image]).length;
  const onlySecond = second.filter((right, image) => right && !first[image]).length;
  return { onlyFirst, onlySecond, p: mcNemar(onlyFirst, onlySecond) };
}
