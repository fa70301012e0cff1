/**
 * The quantile of type 8 of Hyndman & Fan 1996 ("Sample quantiles in statistical
 * packages", The American Statistician 50:361), which they recommend, since it is
 * close to median-unbiased whatever the distribution. The default of NumPy and R,
 * type 7, gives lower high percentiles in small samples.
 *
 * @param sorted The values, at least one, in ascending order.
 * @param probability The share of values below the quantile, in [0, 1].
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

/**
 * The median, which for an even count is the mean of the middle two; every type of
 * quantile agrees on it.
 */
export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

export function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}
