import { confidence, type Interval } from "./interval.ts";

/**
 * A distribution-free interval of the percentile `probability`: two of the
 * samples, chosen so that at most 2.5 % is left on either side (David &
 * Nagaraja 2003, "Order statistics", section 7.1). It takes the samples to be
 * independent.
 *
 * @param sorted The samples, in ascending order.
 * @param probability The percentile as a share, from 0.5 to below 1.
 * @returns The interval, or null if the samples do not carry the percentile.
 */
export function percentileInterval(
  sorted: readonly number[],
  probability: number,
): Interval | null {
  const count = sorted.length;
  if (!carriesPercentile(count, probability)) {
    return null;
  }
  const tail = (1 - confidence) / 2;
  const below = binomial(count, probability);
  const low = rankWithin(below, tail);
  const high = rankWithin(below.toReversed(), tail);
  return [sorted[low - 1]!, sorted[count - high]!];
}

/**
 * Whether so many samples carry a percentile: the second largest is, with 95 %
 * confidence, an upper bound of the percentile. It takes at least 8 samples for the
 * median, 46 for p90 and 473 for p99. With fewer, a percentile would be read off the
 * largest sample alone. The rule is that of MLPerf's LoadGen for stopping early with
 * one query over the latency, which at its confidence of 99 % asks for 64 samples for
 * p90 and 662 for p99.
 */
export function carriesPercentile(
  count: number,
  probability: number,
  atConfidence: number = confidence,
): boolean {
  if (count < 2) {
    return false;
  }
  const below = binomial(count, probability);
  return below[count]! + below[count - 1]! <= 1 - atConfidence;
}

/** The highest rank, counted from 1, that leaves a probability of at most `tail` before it. */
function rankWithin(masses: readonly number[], tail: number): number {
  let before = 0;
  for (const [rank, mass] of masses.entries()) {
    before += mass;
    if (before > tail) {
      return rank;
    }
  }
  return 0;
}

/**
 * The probability of each number of successes, 0 to `trials`. The probabilities are
 * worked out from the likeliest number outwards and then scaled to sum to 1, so that
 * they neither overflow nor underflow where it matters.
 */
function binomial(trials: number, probability: number): number[] {
  const odds = probability / (1 - probability);
  const mode = Math.min(trials, Math.floor((trials + 1) * probability));
  const masses = Array.from({ length: trials + 1 }, () => 0);
  masses[mode] = 1;
  for (let k = mode; k < trials; k++) {
    masses[k + 1] = masses[k]! * odds * ((trials - k) / (k + 1));
  }
  for (let k = mode; k > 0; k--) {
    masses[k - 1] = (masses[k]! / odds) * (k / (trials - k + 1));
  }
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  return masses.map((mass) => mass / total);
}
