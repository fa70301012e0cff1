import { median } from "../statistics/quantile.ts";
import { type Clock, visit } from "./visit.ts";

export interface WarmUp {
  readonly runs: number;
  readonly steady: boolean;
  /** The time of a run at the end of the warm-up. */
  readonly medianMs: number;
}

/**
 * The time that a window takes at least, in milliseconds. The first replica's is longer, since an
 * engine that compiles its code while it runs looks steady before it is; a run of a slow network
 * fills a window by itself.
 */
const windowMs = { first: 50, later: 20 };

/** The time of a run of each member, in milliseconds, in the order of the members. */
export type Levels = readonly number[];

interface WarmUpLimits {
  /** The most time for all members together, though each has one window at least. */
  readonly capMs: number;
  readonly tolerance: number;
  /** The times of a run of each member in an earlier replica, or null for the first one. */
  readonly settled: Levels | null;
}

/**
 * Runs the members, a window of each in turn, until all are steady or the cap
 * is reached. The members take turns because that is how they will be timed: each
 * finds the caches as the other left them. Sessions after the first replica's find the
 * engine warm, and are steady as soon as they have shown twice that they can be as fast as
 * the earlier ones were: what disturbs a window only adds to it.
 */
export async function warmUp(
  runs: readonly (() => Promise<unknown>)[],
  { capMs, tolerance, settled }: WarmUpLimits,
  now: Clock,
): Promise<WarmUp[]> {
  const windows = runs.map((): number[][] => []);
  const startedMs = now();
  const atLeastMs = settled === null ? windowMs.first : windowMs.later;
  const summaries = () =>
    windows.map((own, index) => summarize(own, tolerance, settled && settled[index]!));
  do {
    for (const [index, run] of runs.entries()) {
      windows[index]!.push(await visit(run, { runs: 1, atLeastMs }, now));
    }
  } while (now() - startedMs < capMs && !summaries().every(({ steady }) => steady));
  return summaries();
}

function summarize(
  windows: readonly (readonly number[])[],
  tolerance: number,
  settledMs: number | null,
): WarmUp {
  const medians = windows.map(median);
  const again = settledMs !== null && hasSettledAgain(medians, settledMs, tolerance);
  return {
    runs: windows.reduce((sum, window) => sum + window.length, 0),
    steady: again || isSteady(medians, tolerance),
    medianMs: median(medians.slice(-3)),
  };
}

/** The windows of a later replica's session that must be as fast as the earlier ones were. */
const windowsAgain = 2;

/**
 * Whether enough windows took at most the time that an earlier replica's runs took, or `tolerance`
 * more.
 */
export function hasSettledAgain(
  windowMediansMs: readonly number[],
  settledMs: number,
  tolerance: number,
): boolean {
  const asFast = windowMediansMs.filter((medianMs) => medianMs <= settledMs * (1 + tolerance));
  return asFast.length >= windowsAgain;
}

/** The number of windows that must agree before a warm-up counts as done. */
const windows = 6;

/**
 * Whether times have settled, judged by the medians of the last six windows
 * of runs: the middle one of the older three and of the newer three agree
 * within `tolerance`, and the six do not fall from each to the next. Halves of
 * three let one disturbed window pass; steady times fall six times running by
 * chance once in 720.
 *
 * @param tolerance The share by which the two may differ: 0.02 is 2 %.
 */
export function isSteady(windowMediansMs: readonly number[], tolerance: number): boolean {
  const last = windowMediansMs.slice(-windows);
  if (last.length < windows) {
    return false;
  }
  const older = median(last.slice(0, windows / 2));
  const newer = median(last.slice(windows / 2));
  const falling = last.every((ms, index) => index === 0 || ms < last[index - 1]!);
  return Math.abs(older - newer) <= tolerance * newer && !falling;
}
