import type { Interval } from "@sebench/results";

const minus = "−";

/**
 * The number of decimals that an interval supports: two significant digits of its half width (JCGM
 * 100:2008, "GUM", 7.2.6). It is negative where tens are the last digits that mean something.
 */
function supportedDecimals([low, high]: Interval): number {
  const halfWidth = (high - low) / 2;
  return halfWidth > 0 ? 1 - Math.floor(Math.log10(halfWidth)) : Infinity;
}

/** The most decimals that are written; what is smaller is 0 to every reader. */
const mostDecimals = 12;

/** The number of decimals that leaves three significant digits. */
function threeDigits(value: number): number {
  if (value === 0) return 0;
  const decimals = 2 - Math.floor(Math.log10(Math.abs(value)));
  return Math.min(mostDecimals, Math.max(0, decimals));
}

function fixed(value: number, decimals: number): string {
  const step = 10 ** -Math.min(decimals, 0);
  const text = Math.abs(Math.round(value / step) * step).toFixed(0);
  const digits = decimals > 0 ? Math.abs(value).toFixed(decimals) : text;
  return value < 0 && Number(digits) !== 0 ? `${minus}${digits}` : digits;
}

function signed(value: number, decimals: number): string {
  const digits = fixed(value, decimals);
  return digits.startsWith(minus) || Number(digits) === 0 ? digits : `+${digits}`;
}

/**
 * Milliseconds with three significant digits, or with as many as the interval supports where those
 * are fewer: `46.8 ms`.
 */
export function formatMs(ms: number, interval: Interval | null = null): string {
  return `${fixed(ms, millisecondDecimals(ms, interval))} ms`;
}

/** Milliseconds with their interval: `46.8 ms [46.7, 46.9]`. */
export function formatMsWithin(ms: number, interval: Interval | null): string {
  const text = formatMs(ms, interval);
  return interval === null
    ? text
    : `${text} ${formatInterval(interval, millisecondDecimals(ms, interval))}`;
}

/** Milliseconds as seconds, with three significant digits: `17.1 s`. */
export function formatSeconds(ms: number): string {
  return `${fixed(ms / 1000, threeDigits(ms / 1000))} s`;
}

function millisecondDecimals(ms: number, interval: Interval | null): number {
  const decimals = threeDigits(ms);
  return interval === null ? decimals : Math.min(decimals, supportedDecimals(interval));
}

function formatInterval([low, high]: Interval, decimals: number): string {
  return `[${fixed(low, decimals)}, ${fixed(high, decimals)}]`;
}

function percent(ratio: number): number {
  return (ratio - 1) * 100;
}

function overheadDecimals(interval: Interval | null): number {
  if (interval === null) return 0;
  return Math.min(1, supportedDecimals([percent(interval[0]), percent(interval[1])]));
}

/**
 * A ratio as what it adds: `+10.9 %`. It has one decimal, or as many as the interval supports
 * where those are fewer, and none without an interval.
 */
export function formatOverhead(ratio: number, interval: Interval | null): string {
  return `${signed(percent(ratio), overheadDecimals(interval))} %`;
}

/** The interval of an overhead in percent: `[10.4, 11.5]`. */
function formatOverheadInterval(interval: Interval): string {
  const decimals = overheadDecimals(interval);
  return formatInterval([percent(interval[0]), percent(interval[1])], decimals);
}

/**
 * A ratio as what it adds, with its interval: `+10.9 % [10.4, 11.5]`, or `about +11 %` without
 * one.
 */
export function formatOverheadWithin(ratio: number, interval: Interval | null): string {
  const text = formatOverhead(ratio, interval);
  return interval === null ? `about ${text}` : `${text} ${formatOverheadInterval(interval)}`;
}

/** The growth of an exact count with two significant digits: `+0.062 %`. */
export function formatGrowth(ratio: number): string {
  const added = percent(ratio);
  if (added === 0) return "0 %";
  const decimals = Math.min(mostDecimals, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(added)))));
  return `${signed(added, decimals)} %`;
}

/** A ratio of many runs as what it adds, to the tenth of a percent: `+10.9 %`. */
export function formatLevel(ratio: number): string {
  return `${signed(percent(ratio), 1)} %`;
}

/** The change of a ratio to the hundredth of a percent: `+2.03 % [1.81, 2.25]`. */
export function formatChange(ratio: number, [low, high]: Interval): string {
  const decimals = Math.min(2, supportedDecimals([percent(low), percent(high)]));
  const within = formatInterval([percent(low), percent(high)], decimals);
  return `${signed(percent(ratio), decimals)} % ${within}`;
}

/** A share of a whole, as `92.4 %`. */
export function formatShare(share: number): string {
  return `${fixed(share * 100, share === 0 || share === 1 ? 0 : 1)} %`;
}

/** A share with its interval: `92.4 % [90.6, 93.9]`. */
export function formatShareWithin(share: number, [low, high]: Interval): string {
  return `${formatShare(share)} ${formatInterval([100 * low, 100 * high], 1)}`;
}

/** A difference of shares: `1.2 points`. */
export function formatPoints(difference: number): string {
  return `${fixed(100 * difference, 1)} points`;
}

/** A p value, with two significant digits: `p = 0.034`. */
export function formatP(p: number): string {
  return p < 0.001 ? "p < 0.001" : `p = ${Number(p.toPrecision(2))}`;
}

/** A number of images: `1,000`. */
export function formatImages(count: number): string {
  return count.toLocaleString("en-US");
}

/** A count with three significant digits: `4.09 G`. */
export function formatCount(count: number): string {
  return scaled(count, 1000, ["", " k", " M", " G", " T"]);
}

/** A size in memory with three significant digits: `1.23 GiB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, 1024, [" B", " KiB", " MiB", " GiB", " TiB"]);
}

function scaled(value: number, base: number, units: readonly string[]): string {
  const power = value < base ? 0 : Math.floor(Math.log(value) / Math.log(base));
  const unit = Math.min(power, units.length - 1);
  const inUnit = value / base ** unit;
  return `${fixed(inUnit, unit === 0 ? 0 : threeDigits(inUnit))}${units[unit]!}`;
}

/** A rate with three significant digits: `21.4`. */
export function formatRate(perSecond: number): string {
  return fixed(perSecond, threeDigits(perSecond));
}

/** A difference of logits: `1.8e-7`. Null stands for one that is not a finite number. */
export function formatDifference(difference: number | null): string {
  if (difference === null) return "not finite";
  return difference === 0 ? "0" : difference.toExponential(1);
}

/** A moment to the minute: `2026-03-02 09:15 UTC`. */
export function formatMoment(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** A number with its noun: `3 failed`, `1 case`, `2 cases`. */
export function formatNumberOf(count: number, one: string, many = one): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A round number of an axis, with the minus sign of the text. */
export function formatTick(value: number): string {
  return String(Number(value.toPrecision(6))).replace("-", minus);
}
