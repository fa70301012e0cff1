/**
 * McNemar's test (1947) in its exact form: whether two classifiers that were
 * asked about the same images are right equally often. Only the images that one
 * of them has right and the other wrong tell anything; if both were equally good,
 * each of these images would be as likely to be right by the one as by the other.
 *
 * @param onlyFirst The number of images that only the first has right.
 * @param onlySecond The number of images that only the second has right.
 * @returns The two-sided p value, by the binomial distribution; 1 if no image tells them apart.
 */
export function mcNemar(onlyFirst: number, onlySecond: number): number {
  const trials = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // The sum is taken in logarithms, since a double cannot hold the chance of no success
  // from 1,075 trials on.
  let logChance = -trials * Math.LN2;
  let tail = Math.exp(logChance);
  for (let successes = 1; successes <= fewer; successes++) {
    logChance += Math.log((trials - successes + 1) / successes);
    tail += Math.exp(logChance);
  }
  // If the counts are equal, both tails hold the middle, and twice the tail is over 1.
  return Math.min(1, 2 * tail);
}

/**
 * The numbers of images that only one of two classifiers has right, and the p value of
 * `mcNemar`.
 */
export interface RightApart {
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly p: number;
}

/** Compares two classifiers on the same images, given for each image whether they are right. */
export function compareRight(first: readonly boolean[], second: readonly boolean[]): RightApart {
  const onlyFirst = first.filter((right, image) => right && !second[image]).length;
  const onlySecond = second.filter((right, image) => right && !first[image]).length;
  return { onlyFirst, onlySecond, p: mcNemar(onlyFirst, onlySecond) };
}
