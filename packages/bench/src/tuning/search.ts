import type { LoweringName } from "@sebench/lowering";
import { seededRandom, shuffled } from "@sebench/measure";
import { mostRacers, type Ring, type Standing } from "./ring.ts";
import type { SearchSpace } from "./search-space.ts";

export interface SearchLimits {
  /**
   * The time on the ring's clock by which races must be over. A race is not begun where the races
   * so far tell that it would end later.
   */
  readonly deadlineMs: () => number;
  /** The seed of the order of the stages. */
  readonly seed: number;
}

/** The share of the time that is for recipes which are the same in all stages. */
const openingShare = 0.5;

/**
 * Searches for the fastest recipe: the best of some for the whole network, changed a pass at a time
 * in all stages, and then stage by stage, again and again, as long as that helps and there is time.
 */
export async function search(
  ring: Ring,
  space: SearchSpace,
  { deadlineMs, seed }: SearchLimits,
): Promise<LoweringName> {
  const { complexity } = space;
  /** The races that challengers have lost, as `challenger < incumbent`. */
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

interface Contest {
  /** The part of the search, for the trace. */
  readonly where: string;
  readonly incumbent: LoweringName;
  readonly challengers: readonly LoweringName[];
  /**
   * The time on the ring's clock by which the first races must be over; races that would end later
   * are not run.
   */
  readonly firstRacesMs: number;
  /** The time on the ring's clock by which all races must be over. */
  readonly deadlineMs: number;
  readonly complexity: (recipe: LoweringName) => number;
}

type Ranked = Extract<Standing, { ok: true }>;

/** The most recipes that one race decides between. */
const finalists = 2;

/**
 * Chooses the best of some recipes by successive halving. All recipes race the incumbent, and the
 * better half of the faster ones goes on, for twice as long, in new sessions. Of the last two, the
 * faster one is taken if the interval of its ratio to the incumbent lies below 1, or if it is
 * simpler; else the incumbent stays. The races that chose the last two are not counted, since they
 * favour the lucky, unless there is no time for another race.
 */
async function contest(ring: Ring, contested: Contest): Promise<LoweringName> {
  let field = contested.challengers.filter((recipe) => !ring.faults.has(recipe));
  let leader: Ranked | undefined;
  for (let effort = 1; field.length > 0; effort *= 2) {
    const deciding = field.length <= finalists;
    const standings = await heats(ring, contested, field, effort);
    if (standings === null) return outOfTime(ring, contested, leader);
    const faster = standings
      .filter((standing): standing is Ranked => standing.ok && standing.median < 1)
      .toSorted((one, other) => one.median - other.median);
    if (deciding || faster.length === 0) return decide(ring, contested, standings, faster[0]);
    const chosen = faster
      .slice(0, Math.max(1, Math.ceil(field.length / 2)))
      .map(({ lowering }) => lowering);
    const { where, incumbent } = contested;
    ring.tell({ where, incumbent, standings, chosen, why: "the better half of the faster ones" });
    field = chosen;
    leader = faster[0];
  }
  return contested.incumbent;
}

/**
 * Races a field against the incumbent in as many heats as it takes, or gives null where there is no
 * time for any heat.
 */
async function heats(
  ring: Ring,
  { incumbent, firstRacesMs, deadlineMs }: Contest,
  field: readonly LoweringName[],
  effort: number,
): Promise<Standing[] | null> {
  const standings: Standing[] = [];
  for (let at = 0; at < field.length; at += mostRacers - 1) {
    const heat = field.slice(at, at + mostRacers - 1);
    const untilMs = effort === 1 ? firstRacesMs : deadlineMs;
    if (!ring.fits(heat.length + 1, effort, untilMs)) break;
    standings.push(...(await ring.heat(incumbent, heat, effort)));
  }
  return standings.length === 0 ? null : standings;
}

function decide(
  ring: Ring,
  { where, incumbent, complexity }: Contest,
  standings: readonly Standing[],
  best: Ranked | undefined,
): LoweringName {
  const choose = (lowering: LoweringName, why: string) => {
    ring.tell({ where, incumbent, standings, chosen: [lowering], why });
    return lowering;
  };
  if (best === undefined) return choose(incumbent, "none was faster");
  const { lowering } = best;
  if (isBeyondNoise(best)) return choose(lowering, "faster beyond noise");
  if (complexity(lowering) < complexity(incumbent)) {
    return choose(lowering, "not slower, and simpler");
  }
  return choose(incumbent, "none was faster beyond noise");
}

function outOfTime(
  ring: Ring,
  { where, incumbent }: Contest,
  leader: Ranked | undefined,
): LoweringName {
  const taken = leader !== undefined && isBeyondNoise(leader);
  const lowering = taken ? leader.lowering : incumbent;
  const why = taken
    ? "faster beyond noise where it was chosen; no time for another race"
    : "no time was left";
  ring.tell({ where, incumbent, standings: [], chosen: [lowering], why });
  return lowering;
}

function isBeyondNoise({ interval }: Ranked): boolean {
  return interval !== null && interval[1] < 1;
}
