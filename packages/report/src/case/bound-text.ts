import type { BoundRecord, Interval } from "@sebench/results";
import {
  formatBytes,
  formatCount,
  formatGrowth,
  formatMs,
  formatOverheadWithin,
} from "../text/format.ts";

/** The overhead of a case, SE latency / plain latency, with its 95 % interval. */
interface MeasuredOverhead {
  readonly ratio: number;
  readonly interval: Interval | null;
}

/** The bound as what SE adds at the least: `≥ +1.3 %`. */
export function boundText({ ratio }: BoundRecord): string {
  return `≥ ${formatGrowth(ratio)}`;
}

/** The rate at which a runtime computes, in multiply-accumulates: `76.9 GMAC/s`. */
export function peakText({ peakMacsPerSecond }: BoundRecord): string {
  return `${formatCount(peakMacsPerSecond)}MAC/s`;
}

/** The rate at which a runtime reads parameters: `21.3 GB/s`. */
export function bandwidthText({ bytesPerSecond }: BoundRecord): string {
  return `${formatCount(bytesPerSecond)}B/s`;
}

/**
 * The sentence that says what the bound follows from and how far the measured overhead is from it.
 */
export function boundSentence(bound: BoundRecord, overhead: MeasuredOverhead): string {
  const reading = `${formatBytes(bound.bytes)} of parameters at ${bandwidthText(bound)}`;
  const computing = `${formatCount(bound.macs)} multiply-accumulates at ${peakText(bound)}`;
  const least = `SE adds ${formatMs(bound.milliseconds)} (${formatGrowth(bound.ratio)}) at the least: ${reading} and ${computing}.`;
  return `${least} ${distance(bound, overhead)}`;
}

/**
 * The sentence that tells the distance of the measured overhead from the bound. A beaten bound is
 * said to be beaten: it takes something for granted that does not hold.
 */
function distance(bound: BoundRecord, { ratio, interval }: MeasuredOverhead): string {
  const measured = `The measured overhead, ${formatOverheadWithin(ratio, interval)},`;
  const [low, high] = interval ?? [ratio, ratio];
  if (high < bound.ratio) {
    return `${measured} is below it, so what the bound takes for granted does not hold here.`;
  }
  if (low <= bound.ratio) return `${measured} cannot be told from it.`;
  return `${measured} is ${timesText((ratio - 1) / (bound.ratio - 1))} that.`;
}

/** A factor with two significant digits: `8.1 times`. */
function timesText(times: number): string {
  return `${Number(times.toPrecision(2))} times`;
}
