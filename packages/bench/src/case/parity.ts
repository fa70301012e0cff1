/** The agreement of a runtime's logits with the oracle's. */
export interface Parity {
  /** The largest absolute difference of a logit. */
  readonly maxAbs: number;
  /**
   * The largest quotient, over the images, of the largest difference and the oracle's largest
   * absolute logit.
   */
  readonly relative: number;
  /** The fraction of the images whose largest logit is of the same class as the oracle's. */
  readonly top1Agreement: number;
  readonly images: number;
  /** The `relative` up to which parity holds. */
  readonly tolerance: number;
  readonly pass: boolean;
}

/**
 * Compares logits, row-major `[images, classes]`. Parity holds where every value is finite,
 * `relative` is within the tolerance, and every image has the oracle's top class.
 */
export function compareLogits(
  actual: ArrayLike<number>,
  oracle: ArrayLike<number>,
  options: { readonly classes: number; readonly tolerance: number },
): Parity {
  const { classes, tolerance } = options;
  const images = oracle.length / classes;
  if (actual.length !== oracle.length) {
    throw new Error(`the runtime gave ${actual.length} logits where ${oracle.length} were due`);
  }
  let maxAbs = 0;
  let relative = 0;
  let agreeing = 0;
  for (let image = 0; image < images; image++) {
    const row = compareImage(actual, oracle, image * classes, classes);
    maxAbs = larger(maxAbs, row.maxAbs);
    relative = larger(relative, row.maxAbs / row.scale);
    if (row.sameTop) agreeing += 1;
  }
  const top1Agreement = agreeing / images;
  // The comparison is written so that NaN fails.
  const pass = relative <= tolerance && top1Agreement === 1;
  return { maxAbs, relative, top1Agreement, images, tolerance, pass };
}

function compareImage(
  actual: ArrayLike<number>,
  oracle: ArrayLike<number>,
  start: number,
  classes: number,
) {
  let maxAbs = 0;
  let scale = 0;
  let topActual = start;
  let topOracle = start;
  for (let index = start; index < start + classes; index++) {
    maxAbs = larger(maxAbs, Math.abs(actual[index]! - oracle[index]!));
    scale = larger(scale, Math.abs(oracle[index]!));
    if (actual[index]! > actual[topActual]!) topActual = index;
    if (oracle[index]! > oracle[topOracle]!) topOracle = index;
  }
  // No comparison finds a NaN to be larger.
  return { maxAbs, scale, sameTop: topActual === topOracle && !Number.isNaN(maxAbs) };
}

/** The larger of two numbers, or NaN if either is NaN, which a comparison would lose. */
function larger(a: number, b: number): number {
  return Number.isNaN(a) || a > b ? a : b;
}
