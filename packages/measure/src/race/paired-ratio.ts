import { locationOfRounds, varianceOfLocation } from "../measurement/overhead.ts";
import { confidence, type Interval } from "../statistics/interval.ts";
import { median } from "../statistics/quantile.ts";
import { criticalT } from "../statistics/student-t.ts";

/** How long one entrant takes beside another: 0.97 is 3 % less. */
export interface PairedRatio {
  /** From the median of the rounds' log-ratios. */
  readonly median: number;
  /** From their 20 % trimmed mean. */
  readonly ratio: number;
  /**
   * Of `ratio`, at 95 %, from how rounds differ; null below four rounds. Where the
   * sessions lie in memory is the same for all rounds, and not in it.
   */
  readonly interval: Interval | null;
  readonly rounds: number;
}

const fewestRounds = 4;

/** @param mediansMs of visits, by round; the same rounds for both, and one at least */
export function pairedRatio(
  mediansMs: readonly number[],
  referenceMs: readonly number[],
): PairedRatio {
  const logs = pairedLogRatios(mediansMs, referenceMs);
  const location = locationOfRounds(logs);
  return {
    median: Math.exp(median(logs)),
    ratio: Math.exp(location),
    interval: intervalAround(location, logs),
    rounds: logs.length,
  };
}

export function pairedLogRatios(
  mediansMs: readonly number[],
  referenceMs: readonly number[],
): number[] {
  return mediansMs.map((ms, round) => Math.log(ms / referenceMs[round]!));
}

/** A t interval of the trimmed mean: as many degrees of freedom as rounds are left, less one (Tukey & McLaughlin 1963). */
function intervalAround(location: number, logs: readonly number[]): Interval | null {
  const variance = varianceOfLocation(logs);
  if (logs.length < fewestRounds || variance === null) return null;
  const left = logs.length - 2 * Math.floor(0.2 * logs.length);
  const halfWidth = criticalT(confidence, left - 1) * Math.sqrt(variance);
  return [Math.exp(location - halfWidth), Math.exp(location + halfWidth)];
}
