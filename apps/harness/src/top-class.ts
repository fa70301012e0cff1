/**
 * The class of a row's largest logit, the first of several; -1 where one is NaN,
 * which no comparison would find.
 *
 * @param logits row-major `[images, classes]`
 */
export function topClass(logits: ArrayLike<number>, image: number, classes: number): number {
  const start = image * classes;
  let top = start;
  for (let index = start; index < start + classes; index++) {
    if (Number.isNaN(logits[index])) return -1;
    if (logits[index]! > logits[top]!) top = index;
  }
  return top - start;
}

/** Of every row. */
export function topClasses(logits: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: logits.length / classes }, (_, image) =>
    topClass(logits, image, classes),
  );
}
