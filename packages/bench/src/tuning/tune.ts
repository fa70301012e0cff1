import type { LoweringName } from "@sebench/lowering";
import { median, type OverheadEstimate, overheadOfRounds, pairedLogRatios } from "@sebench/measure";
import { type Race, Ring, type TraceStep, type Racer } from "./ring.ts";
import type { SearchSpace } from "./search-space.ts";
import { search } from "./search.ts";

export interface TuneLimits {
  /** For all races together, with their preparing. */
  readonly budgetMs: number;
  readonly seed: number;
  readonly now: () => number;
  readonly onStep: (step: TraceStep) => void;
}

export interface Tuned {
  readonly ok: true;
  /** Never one that was slower than the naive form in the last races. */
  readonly lowering: LoweringName;
  readonly finale: Finale;
  readonly trace: readonly TraceStep[];
}

/** Finds the fastest recipe that it can within a budget, and says what it gains. */
export async function tune(
  race: Race,
  space: SearchSpace,
  { budgetMs, seed, now, onStep }: TuneLimits,
): Promise<Tuned | { readonly ok: false; readonly reason: string }> {
  const ring = new Ring(race, now, onStep);
  const forFinale = () =>
    Math.max(finaleShare * budgetMs, fewestRaces * ring.expectedMs(3, finaleEffort));
  const found = await search(ring, space, { deadlineMs: () => budgetMs - forFinale(), seed });
  const ended = await finale(ring, { naive: space.naive, tuned: found }, budgetMs);
  if ("reason" in ended) return { ok: false, ...ended };
  const slower = ended.gain.ratio > 1;
  const lowering = slower ? space.naive : found;
  ring.tell({
    where: "final",
    incumbent: space.naive,
    standings: [],
    chosen: [lowering],
    why: slower ? `${found} was slower than the naive form after all` : "raced anew",
  });
  const told = slower ? { ...ended, tuned: ended.naive, gain: sameAsNaive(ended) } : ended;
  return { ok: true, lowering, finale: told, trace: ring.trace };
}

/** Of a form by itself. */
function sameAsNaive({ gain }: Finale): Finale["gain"] {
  return { ratio: 1, interval: [1, 1], replicas: gain.replicas.map(() => 1), rounds: gain.rounds };
}

/** What the last races say, from sessions that no choice was made by. */
interface Finale {
  /** Each recipe's latency by that of the plain network. */
  readonly naive: OverheadEstimate;
  readonly tuned: OverheadEstimate;
  /** The tuned recipe's latency by that of the naive one. */
  readonly gain: OverheadEstimate;
  /** Medians of a run, in milliseconds. */
  readonly plainMs: number;
}

/** Efforts and numbers of the last races. */
const finaleEffort = 1;
const fewestRaces = 3;
const mostRaces = 6;

/** Of a budget. */
const finaleShare = 0.3;

/**
 * Races the plain network, the naive form and the one that was found, prepared anew
 * each time, as replicas of a case are. A reason where they cannot be raced.
 */
async function finale(
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
