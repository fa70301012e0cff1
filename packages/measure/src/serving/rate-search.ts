import { carriesPercentile } from "../statistics/order-statistic.ts";
import { judgeLoads, type LatencyLimit, type Load, loadsByRate, rateBounds } from "./load.ts";

/** The shares of the capacity at which a search begins, and below which it does not go. */
const firstShare = 0.25;
const leastShare = 0.1;

/** The factor by which a rate rises while the limit is kept. */
const rise = 1.5;

/** The share by which the bounds of a rate may differ when the search ends. */
export const ratePrecision = 0.05;

/** The loads of a rate that is reported as kept, each with arrivals of its own. */
const confirmations = 2;

/** The loads of a rate after which it counts as not kept, where one still cannot tell. */
const mostLoads = 3;

/** The reason why a search for a rate ended. */
export type SearchEnd = "precise" | "capacity" | "never";

/** The rate of the next load, or why there is none. */
export type NextLoad =
  | { readonly rate: number; readonly end: null }
  | { readonly rate: null; readonly end: SearchEnd };

/**
 * Chooses the rate of the next load in a search for the highest rate that keeps a limit. Rates rise
 * from a quarter of the capacity by half each time, up to the capacity, until one does not keep the
 * limit; then the gap is halved, on a logarithmic scale, until it is at most 5 %. Where the first rate
 * does not keep it, a tenth of the capacity is the last that is tried. A rate of which one cannot tell
 * is tried up to three times, and the one that is reported at least twice.
 *
 * @param capacity The requests a second that the workers answer when there is always a next one. No
 * higher rate can go on for long, and so none is tried.
 */
export function nextLoad(loads: readonly Load[], limit: LatencyLimit, capacity: number): NextLoad {
  const open = loadsByRate(loads).find(
    (same) => same.length < mostLoads && judgeLoads(same, limit) === "cannot tell",
  );
  if (open) return at(open[0]!.rate);
  const { kept, notKept } = rateBounds(loads, limit);
  const least = capacity * leastShare;
  if (kept === null) {
    if (notKept === null) return at(capacity * firstShare);
    return notKept > least ? at(least) : ended("never");
  }
  const isPrecise = notKept !== null && notKept / kept <= 1 + ratePrecision;
  if (isPrecise || (notKept === null && kept >= capacity)) {
    const count = loads.filter(({ rate }) => rate === kept).length;
    return count < confirmations ? at(kept) : ended(isPrecise ? "precise" : "capacity");
  }
  return at(notKept === null ? Math.min(capacity, kept * rise) : Math.sqrt(kept * notKept));
}

const at = (rate: number): NextLoad => ({ rate, end: null });
const ended = (end: SearchEnd): NextLoad => ({ rate: null, end });

/** The least number of requests that carries a percentile. */
export function leastRequests(probability: number): number {
  let count = 2;
  while (!carriesPercentile(count, probability)) count++;
  return count;
}

/** What a load may take. */
export interface LoadSize {
  /** The least time of a load, in milliseconds. */
  readonly leastMs: number;
  /** The time of a load that is given up only for the requests that its percentile needs. */
  readonly mostMs: number;
  readonly mostRequests: number;
  /** The loads that there were at the rate before. */
  readonly earlier: number;
}

/** The number of limits that a load lasts, so that a queue that grows without end breaks the limit. */
const limitsPerLoad = 10;

/** The number of times by which the requests of a load exceed the least that carries the percentile. */
const timesLeast = 3;

/**
 * The number of requests of a load: three times those that carry the percentile, and as many as last
 * for ten limits, where there is time; but never fewer than carry the percentile. Each further load of
 * a rate has twice as many.
 */
export function requestsOf(
  rate: number,
  { probability, limitMs }: LatencyLimit,
  { leastMs, mostMs, mostRequests, earlier }: LoadSize,
): number {
  const within = (ms: number) => Math.ceil((rate * ms) / 1000);
  const least = leastRequests(probability);
  const wanted = Math.max(timesLeast * least, within(limitsPerLoad * limitMs), within(leastMs));
  const first = Math.max(least, Math.min(wanted, within(mostMs)));
  return Math.max(least, Math.min(first * 2 ** earlier, mostRequests));
}

/** The least gain that a larger batch must bring for a still larger one to be tried. */
const leastGain = 1.02;

/** The images a second of each member at one batch. */
export interface BatchRates {
  readonly batch: number;
  readonly rates: readonly number[];
}

/**
 * Chooses the next batch to try, which is twice the one before, or null where the last one brought no
 * member 2 % more than the best smaller one, or where the next would be too large.
 *
 * @param tried The batches so far, ascending.
 */
export function nextBatch(tried: readonly BatchRates[], most: number): number | null {
  const last = tried.at(-1);
  if (!last) return 1;
  const best = (member: number) =>
    Math.max(...tried.slice(0, -1).map(({ rates }) => rates[member]!));
  const gains = last.rates.some((rate, member) => rate >= leastGain * best(member));
  return gains && 2 * last.batch <= most ? 2 * last.batch : null;
}
