import { confidence, type Interval } from "./interval.ts";

/**
 * A distribution-free interval of the percentile `probability`: two of the
 * samples, chosen so that at most 2.5 % is left on either side (David &
 * Nagaraja 2003, "Order statistics", section 7.1). It takes the samples to be
 * independent.
 *
 * @param sorted ascending
 * @param probability from 0.5 to below 1
 * @returns null where the samples do not carry the percentile
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
 * True where the second largest sample is, with 95 % confidence, an upper bound
 * of the percentile: at least 8 samples for the median, 46 for p90, 473 for
 * p99. With fewer, a percentile would be read off the largest sample alone. The
 * rule is that of MLPerf's LoadGen for stopping early with one query over the
 * latency, which at its confidence of 99 % asks for 64 and 662.
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

/** The highest rank, from 1, that leaves at most `tail` before it. */
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
 * The probability of each number of successes, 0 to `trials`. Worked out from
 * the likeliest number outwards and then scaled to sum to 1, so that it neither
 * overflows nor underflows where it matters.
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
