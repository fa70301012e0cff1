/**
 * Quantile type 8 of Hyndman & Fan 1996 ("Sample quantiles in statistical
 * packages", The American Statistician 50:361), the one that they recommend:
 * close to median-unbiased whatever the distribution. NumPy's and R's default,
 * type 7, gives lower high percentiles in small samples.
 *
 * @param sorted ascending, at least one
 * @param probability in [0, 1]
 */
export function quantile(sorted: readonly number[], probability: number): number {
  const last = sorted.length - 1;
  const position = (sorted.length + 1 / 3) * probability - 2 / 3;
  const within = Math.min(Math.max(position, 0), last);
  const below = Math.floor(within);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, last)]!;
  return low + (within - below) * (high - low);
}

/** Of an even count, the mean of the middle two; every type of quantile agrees on it. */
export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

export function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}
