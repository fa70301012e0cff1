import { locationOfRounds, varianceOfLocation } from "../measurement/overhead.ts";
import { confidence, type Interval } from "../statistics/interval.ts";
import { median } from "../statistics/quantile.ts";
import { criticalT } from "../statistics/student-t.ts";

/** The time that one entrant takes, divided by that of another: 0.97 is 3 % less. */
export interface PairedRatio {
  /** The ratio from the median of the rounds' log-ratios. */
  readonly median: number;
  /** The ratio from the 20 % trimmed mean of the rounds' log-ratios. */
  readonly ratio: number;
  /**
   * The 95 % interval of `ratio`, from how rounds differ, or null for fewer than four
   * rounds. It leaves out where the sessions lie in memory, which is the same for all
   * rounds.
   */
  readonly interval: Interval | null;
  readonly rounds: number;
}

const fewestRounds = 4;

/**
 * The ratio of two entrants' times from the same rounds, of which there is at least one.
 *
 * @param mediansMs The medians of the entrant's visits, by round.
 * @param referenceMs The medians of the other entrant's visits, by round.
 */
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

/**
 * The t interval of the trimmed mean, with as many degrees of freedom as rounds are left,
 * less one (Tukey & McLaughlin 1963).
 */
function intervalAround(location: number, logs: readonly number[]): Interval | null {
  const variance = varianceOfLocation(logs);
  if (logs.length < fewestRounds || variance === null) return null;
  const left = logs.length - 2 * Math.floor(0.2 * logs.length);
  const halfWidth = criticalT(confidence, left - 1) * Math.sqrt(variance);
  return [Math.exp(location - halfWidth), Math.exp(location + halfWidth)];
}
