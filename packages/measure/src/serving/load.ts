import type { Interval } from "../statistics/interval.ts";
import { percentileInterval } from "../statistics/order-statistic.ts";
import { ascending, quantile } from "../statistics/quantile.ts";
import type { Random } from "../statistics/random.ts";

/**
 * The times at which requests arrive by a Poisson process, in milliseconds from its beginning: the
 * gaps are exponential, by inversion, and the first request comes after a gap as well.
 *
 * @param rate The requests a second.
 */
export function poissonArrivals(rate: number, count: number, random: Random): number[] {
  const arrivals: number[] = [];
  let atMs = 0;
  for (let index = 0; index < count; index++) {
    atMs -= (1000 / rate) * Math.log(1 - random());
    arrivals.push(atMs);
  }
  return arrivals;
}

/** A request that goes to a worker. Both are counted from 0. */
export interface Sending {
  readonly worker: number;
  readonly request: number;
}

/**
 * Requests in an open loop: each is due at its own time, however late the answers before it are, and
 * waits in one queue, first come, first served, until a worker is idle. A latency counts from the time
 * at which a request was due, so that no wait is left out ("coordinated omission"). The loop has no
 * clock: whoever drives it says what time it is.
 */
export class OpenLoop {
  readonly #arrivals: readonly number[];
  /** The idle workers, of which the one that has been idle for longest is first. */
  readonly #idle: number[];
  readonly #queue: number[] = [];
  readonly #answeredMs: (number | null)[];
  #seen = 0;
  #answered = 0;
  #latestMs = 0;

  /** @param arrivals The times at which the requests are due, in milliseconds, ascending. */
  constructor(arrivals: readonly number[], workers: number) {
    this.#arrivals = arrivals;
    this.#idle = Array.from({ length: workers }, (_, worker) => worker);
    this.#answeredMs = arrivals.map(() => null);
  }

  /** Takes the requests that are due by now, and gives those that idle workers take. */
  due(nowMs: number): Sending[] {
    while (this.#seen < this.#arrivals.length && this.#arrivals[this.#seen]! <= nowMs) {
      this.#latestMs = Math.max(this.#latestMs, nowMs - this.#arrivals[this.#seen]!);
      this.#queue.push(this.#seen++);
    }
    const sendings: Sending[] = [];
    while (this.#queue.length > 0 && this.#idle.length > 0) {
      sendings.push({ worker: this.#idle.shift()!, request: this.#queue.shift()! });
    }
    return sendings;
  }

  /** Takes an answer, and gives what is sent next: the worker is idle again. */
  answer({ worker, request }: Sending, nowMs: number): Sending[] {
    this.#answeredMs[request] = nowMs - this.#arrivals[request]!;
    this.#answered += 1;
    this.#idle.push(worker);
    return this.due(nowMs);
  }

  get isDone(): boolean {
    return this.#answered === this.#arrivals.length;
  }

  /** The number of requests that were due and have no answer. */
  get unanswered(): number {
    return this.#seen - this.#answered;
  }

  /** The longest time by which a request was seen later than it was due, in milliseconds. */
  get latestMs(): number {
    return this.#latestMs;
  }

  /** The latencies of the answered requests, in the order in which they were due. */
  get samplesMs(): number[] {
    return this.#answeredMs.filter((ms) => ms !== null);
  }
}

/** A limit on the latency: a percentile that must not lie above it. */
export interface LatencyLimit {
  /** The percentile as a share, from 0.5 to below 1. */
  readonly probability: number;
  readonly limitMs: number;
}

/** The requests at one rate, by one seed. */
export interface Load {
  /** The requests a second. */
  readonly rate: number;
  /** The latencies of the answered requests. */
  readonly samplesMs: readonly number[];
  /** The requests that were due and got no answer. Each counts as later than any limit. */
  readonly unanswered: number;
}

/**
 * Whether a rate keeps the limit. It `keeps` it where the whole interval of the percentile lies within
 * the limit, and `breaks` it where the whole interval lies above; between the two, or where the
 * requests are too few for the percentile, one `cannot tell`.
 */
export type LoadVerdict = "keeps" | "breaks" | "cannot tell";

/** Judges loads of one rate together. */
export function judgeLoads(
  loads: readonly Load[],
  { probability, limitMs }: LatencyLimit,
): LoadVerdict {
  const within = intervalOf(loads, probability);
  if (within !== null && within[1] <= limitMs) return "keeps";
  // Where hardly a request keeps the limit, none waits for the others to break it.
  const beyond = intervalOf(loads, probability, limitMs);
  return beyond !== null && beyond[0] > limitMs ? "breaks" : "cannot tell";
}

/** A percentile of the latency at one rate, in milliseconds. */
export interface LoadPercentile {
  readonly ms: number;
  readonly interval: Interval;
}

/**
 * A percentile of loads of one rate together, or null where the requests do not carry it, or where one
 * got no answer: no percentile of the others is that of all.
 */
export function percentileOfLoads(
  loads: readonly Load[],
  probability: number,
): LoadPercentile | null {
  if (loads.some(({ unanswered }) => unanswered > 0)) return null;
  const interval = intervalOf(loads, probability);
  if (interval === null) return null;
  return { ms: quantile(sortedOf(loads), probability), interval };
}

/** The latencies of all requests, ascending; those without an answer are infinite. */
function sortedOf(loads: readonly Load[]): number[] {
  const unanswered = loads.reduce((sum, load) => sum + load.unanswered, 0);
  return [
    ...ascending(loads.flatMap(({ samplesMs }) => samplesMs)),
    ...Array.from({ length: unanswered }, () => Infinity),
  ];
}

/**
 * The interval of a percentile. Requests that wait together are late together, so that they tell less
 * than as many independent ones: the interval is that of every tau-th latency, where tau is the number
 * of requests for which being late lasts.
 *
 * @param lateMs The latency above which a request is late; the percentile itself by default.
 */
function intervalOf(
  loads: readonly Load[],
  probability: number,
  lateMs: number | null = null,
): Interval | null {
  const sorted = sortedOf(loads);
  if (sorted.length === 0) return null;
  const tau = correlationTime(loads, lateMs ?? quantile(sorted, probability));
  const count = Math.floor(sorted.length / tau);
  const thinned = Array.from({ length: count }, (_, at) => sorted[Math.ceil((at + 1) * tau) - 1]!);
  return percentileInterval(thinned, probability);
}

/**
 * The integrated autocorrelation time, in requests, of whether a latency lies above a threshold: 1
 * where requests are independent. The sum over the lags ends where it would fall, by pairs of lags
 * (Geyer 1992, "Practical Markov chain Monte Carlo", Statistical Science 7:473, the initial positive
 * sequence).
 */
function correlationTime(loads: readonly Load[], threshold: number): number {
  const all = loads.flatMap(({ samplesMs }) => samplesMs);
  const share = all.filter((ms) => ms > threshold).length / all.length;
  const rows = loads.map(({ samplesMs }) =>
    samplesMs.map((ms) => (ms > threshold ? 1 : 0) - share),
  );
  const covariance = (lag: number) =>
    rows.reduce((sum, row) => {
      for (let at = lag; at < row.length; at++) sum += row[at]! * row[at - lag]!;
      return sum;
    }, 0);
  const spread = covariance(0);
  if (spread <= 0) return 1;
  let time = -1;
  for (let lag = 0; lag < all.length; lag += 2) {
    const pair = (covariance(lag) + covariance(lag + 1)) / spread;
    if (pair <= 0) break;
    time += 2 * pair;
  }
  return Math.max(1, time);
}

/** The loads of each rate, the lowest rate first. */
export function loadsByRate<Of extends Pick<Load, "rate">>(loads: readonly Of[]): Of[][] {
  const rates = ascending([...new Set(loads.map(({ rate }) => rate))]);
  return rates.map((rate) => loads.filter((load) => load.rate === rate));
}

/** The bounds of the highest rate that keeps a limit, by the rates that were tried. */
export interface RateBounds {
  /** The highest rate that keeps the limit, below all that do not, or null where none does. */
  readonly kept: number | null;
  /** The lowest rate that does not keep it, or is not shown to, or null where all do. */
  readonly notKept: number | null;
}

export function rateBounds(loads: readonly Load[], limit: LatencyLimit): RateBounds {
  let kept: number | null = null;
  for (const same of loadsByRate(loads)) {
    const { rate } = same[0]!;
    if (judgeLoads(same, limit) !== "keeps") return { kept, notKept: rate };
    kept = rate;
  }
  return { kept, notKept: null };
}
