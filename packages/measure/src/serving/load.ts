import { latencySummary, type LatencySummary } from "../measurement/latency.ts";
import { percentileInterval } from "../statistics/order-statistic.ts";
import { ascending } from "../statistics/quantile.ts";
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
  /** The requests that got no answer. Each counts as later than any limit. */
  readonly unanswered: number;
}

/**
 * Whether a rate keeps the limit. It `keeps` it where the whole interval of the percentile lies within
 * the limit, and `breaks` it where the whole interval lies above; between the two, or where the
 * requests are too few for the percentile, one `cannot tell`.
 */
export type LoadVerdict = "keeps" | "breaks" | "cannot tell";

/** Judges loads of one rate together, as if they were one. */
export function judgeLoads(loads: readonly Load[], limit: LatencyLimit): LoadVerdict {
  const unanswered = loads.reduce((sum, load) => sum + load.unanswered, 0);
  const sorted = ascending([
    ...loads.flatMap(({ samplesMs }) => samplesMs),
    ...Array.from({ length: unanswered }, () => Infinity),
  ]);
  const interval = percentileInterval(sorted, limit.probability);
  if (interval === null) return "cannot tell";
  if (interval[1] <= limit.limitMs) return "keeps";
  return interval[0] > limit.limitMs ? "breaks" : "cannot tell";
}

/**
 * The latency of loads of one rate together, or null where a request got no answer, since no
 * percentile of the others is that of all.
 */
export function latencyOfLoads(loads: readonly Load[]): LatencySummary | null {
  const samplesMs = loads.flatMap((load) => load.samplesMs);
  const isWhole = loads.every(({ unanswered }) => unanswered === 0);
  return isWhole && samplesMs.length > 0 ? latencySummary([[samplesMs]]) : null;
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
