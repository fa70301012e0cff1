import type { LoweringName } from "@sebench/lowering";
import { type Finale, finale, finaleEffort, finaleShare, fewestRaces } from "./finale.ts";
import { type Race, Ring } from "./ring.ts";
import { search } from "./search.ts";
import type { SearchSpace } from "./search-space.ts";
import type { TraceStep } from "./trace.ts";

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
