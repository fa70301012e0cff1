import type { LoweringName } from "@sebench/lowering";
import { seededRandom, shuffled } from "@sebench/measure";
import { contest } from "./contest.ts";
import { mostRacers, type Ring } from "./ring.ts";
import type { SearchSpace } from "./search-space.ts";

export interface SearchLimits {
  /** Races that would not be over by then are not begun; on the ring's clock, as races so far tell. */
  readonly deadlineMs: () => number;
  /** Of the order of the stages. */
  readonly seed: number;
}

/** Of the time, for what is the same in all stages. */
const openingShare = 0.5;

/**
 * The fastest recipe that is found: the best of some for the whole network,
 * changed a pass at a time in all stages, and then stage by stage, over and over,
 * as long as that helps and there is time.
 */
export async function search(
  ring: Ring,
  space: SearchSpace,
  { deadlineMs, seed }: SearchLimits,
): Promise<LoweringName> {
  const { complexity } = space;
  /** Which have raced which, and lost. */
  const lost = new Set<string>();
  const improve = async (
    where: string,
    incumbent: LoweringName,
    challengers: readonly LoweringName[],
    untilMs = Infinity,
  ): Promise<LoweringName> => {
    const fresh = challengers.filter((recipe) => !lost.has(`${recipe} < ${incumbent}`));
    const winner = await contest(ring, {
      where,
      incumbent,
      challengers: fresh,
      firstRacesMs: Math.min(untilMs, deadlineMs()),
      deadlineMs: deadlineMs(),
      complexity,
    });
    if (winner === incumbent) for (const each of fresh) lost.add(`${each} < ${incumbent}`);
    return winner;
  };

  const openingMs = ring.elapsedMs + openingShare * (deadlineMs() - ring.elapsedMs);
  let best = await improve("opening", space.naive, space.openings, openingMs);
  for (let before = ""; before !== best && ring.fits(mostRacers, 1, openingMs);) {
    before = best;
    best = await improve("all stages", best, space.variants(best, null), openingMs);
  }
  const random = seededRandom(seed);
  for (let before = ""; before !== best && ring.fits(2, 1, deadlineMs());) {
    before = best;
    for (const stage of shuffled(space.stages, random)) {
      if (!ring.fits(2, 1, deadlineMs())) break;
      best = await improve(`stage ${stage}`, best, space.variants(best, stage));
    }
  }
  return best;
}
