import type { LoweringName } from "@sebench/lowering";
import { median, type OverheadEstimate, overheadOfRounds, pairedLogRatios } from "@sebench/measure";
import type { Racer, Ring } from "./ring.ts";

/** What the last races say, from sessions that no choice was made by. */
export interface Finale {
  /** Each recipe's latency by that of the plain network. */
  readonly naive: OverheadEstimate;
  readonly tuned: OverheadEstimate;
  /** The tuned recipe's latency by that of the naive one. */
  readonly gain: OverheadEstimate;
  /** Medians of a run, in milliseconds. */
  readonly plainMs: number;
}

/** Efforts and numbers of the last races. */
export const finaleEffort = 1;
export const fewestRaces = 3;
const mostRaces = 6;

/** Of a budget. */
export const finaleShare = 0.3;

/**
 * Races the plain network, the naive form and the one that was found, prepared anew
 * each time, as replicas of a case are. A reason where they cannot be raced.
 */
export async function finale(
  ring: Ring,
  { naive, tuned }: { readonly naive: LoweringName; readonly tuned: LoweringName },
  deadlineMs: number,
): Promise<Finale | { readonly reason: string }> {
  const racers: Racer[] = tuned === naive ? [null, naive] : [null, naive, tuned];
  const replicas: (readonly number[])[][] = [];
  while (
    replicas.length < fewestRaces ||
    (replicas.length < mostRaces && ring.fits(racers.length, finaleEffort, deadlineMs))
  ) {
    const outcome = await ring.run(racers, finaleEffort);
    if (!outcome.ok) return { reason: outcome.reason };
    const medians: (readonly number[])[] = [];
    for (const raced of outcome.entrants) {
      if (!raced.ok) return { reason: raced.reason };
      medians.push(raced.mediansMs);
    }
    replicas.push(medians);
  }
  const last = racers.length - 1;
  const between = (one: number, other: number) =>
    overheadOfRounds(replicas.map((medians) => pairedLogRatios(medians[one]!, medians[other]!)));
  return {
    naive: between(1, 0),
    tuned: between(last, 0),
    gain: between(last, 1),
    plainMs: median(replicas.flatMap(([plain]) => plain!)),
  };
}
