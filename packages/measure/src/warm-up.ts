import { type Member, members } from "./measurement.ts";
import { median } from "./quantile.ts";
import { isSteady } from "./steady.ts";
import { type Clock, visit } from "./visit.ts";

export interface WarmUp {
  readonly runs: number;
  readonly steady: boolean;
  /** Of a run at the end of the warm-up. */
  readonly medianMs: number;
}

/** What a window takes at least, in milliseconds; longer than a visit, since its median must be steadier. */
const windowMs = 50;

interface WarmUpLimits {
  /** For both members together. Each has one window at least. */
  readonly capMs: number;
  readonly tolerance: number;
}

/**
 * Runs both members, a window of each in turn, until both are steady or the cap
 * is reached. In turn, because that is how they will be timed: each finds the
 * caches as the other left them.
 */
export async function warmUp(
  runs: Readonly<Record<Member, () => Promise<unknown>>>,
  { capMs, tolerance }: WarmUpLimits,
  now: Clock,
): Promise<Record<Member, WarmUp>> {
  const windows: Record<Member, number[][]> = { plain: [], se: [] };
  const startedMs = now();
  do {
    for (const member of members) {
      windows[member].push(await visit(runs[member], { runs: 1, atLeastMs: windowMs }, now));
    }
  } while (
    now() - startedMs < capMs &&
    !members.every((member) => summarize(windows[member], tolerance).steady)
  );
  return {
    plain: summarize(windows.plain, tolerance),
    se: summarize(windows.se, tolerance),
  };
}

function summarize(windows: readonly (readonly number[])[], tolerance: number): WarmUp {
  const medians = windows.map(median);
  return {
    runs: windows.reduce((sum, window) => sum + window.length, 0),
    steady: isSteady(medians, tolerance),
    medianMs: median(medians.slice(-3)),
  };
}
