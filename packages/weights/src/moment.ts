/**
 * What is expected of the values that a node gives, over channels, positions,
 * images and draws of the weights: their mean square, in two parts, since a
 * ReLU halves the one and keeps the other.
 */
export interface Moment {
  /** Of what is negative as often as positive. */
  readonly symmetric: number;
  readonly positive: number;
}

export function meanSquare({ symmetric, positive }: Moment): number {
  return symmetric + positive;
}

/** Both parts times a factor. */
export function scaled({ symmetric, positive }: Moment, factor: number): Moment {
  return { symmetric: symmetric * factor, positive: positive * factor };
}

export function weightedSum(
  moments: readonly Moment[],
  weightOf: (index: number) => number,
): Moment {
  const sum = { symmetric: 0, positive: 0 };
  for (const [index, moment] of moments.entries()) {
    const { symmetric, positive } = scaled(moment, weightOf(index));
    sum.symmetric += symmetric;
    sum.positive += positive;
  }
  return sum;
}
