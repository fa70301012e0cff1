import type { LoweringName } from "@sebench/lowering";
import { seededRandom } from "@sebench/measure";
import type { Race } from "../ring.ts";
import type { SearchSpace } from "../search-space.ts";

/** The time that a simulated network takes, in milliseconds, by stage and form. */
export type StageCosts = Readonly<Record<number, Readonly<Record<string, number>>>>;

export interface Simulation {
  /** The time of all that is not SE, in milliseconds. */
  readonly plainMs: number;
  readonly costs: StageCosts;
  /** The standard deviation of the logarithm of a visit's time. */
  readonly noise: number;
  readonly seed: number;
  /** Whether a recipe ends a race for all racers, as a crash does. */
  readonly crashing?: (recipe: LoweringName) => boolean;
  /** Whether a recipe gives other logits than it should. */
  readonly wrong?: (recipe: LoweringName) => boolean;
}

/** The time that preparing a racer takes, in milliseconds of the simulated clock. */
const prepareMs = 400;
const visitMs = 50;
const roundsOfEffort = 5;

/**
 * A race whose outcome is known but for noise, on a clock of its own. A recipe is `2:a/3:b`, or `a`
 * for all stages.
 */
export function simulatedRace({ plainMs, costs, noise, seed, crashing, wrong }: Simulation) {
  const random = seededRandom(seed);
  let clockMs = 0;
  const races: (readonly (LoweringName | null)[])[] = [];
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) * noise;
  const trueMs = (recipe: LoweringName | null) =>
    recipe === null ? plainMs : plainMs + stageForms(recipe, costs).reduce(added(costs), 0);
  const race: Race = async (racers, effort) => {
    races.push(racers);
    clockMs += prepareMs * racers.length;
    if (racers.some((recipe) => recipe !== null && crashing?.(recipe))) {
      return { ok: false, reason: "its process was killed" };
    }
    const rounds = roundsOfEffort * effort;
    clockMs += visitMs * racers.length * rounds;
    const entrants = racers.map((recipe) => {
      if (recipe !== null && wrong?.(recipe)) {
        return { ok: false as const, reason: "its logits differ" };
      }
      const mediansMs = Array.from({ length: rounds }, () => trueMs(recipe) * Math.exp(normal()));
      return { ok: true as const, mediansMs };
    });
    return { ok: true, entrants };
  };
  return { race, races, trueMs, now: () => clockMs };
}

const added =
  (costs: StageCosts) =>
  (sum: number, [stage, form]: readonly [number, string]) =>
    sum + costs[stage]![form]!;

function stageForms(recipe: LoweringName, costs: StageCosts): (readonly [number, string])[] {
  const parts = recipe.split("/").map((part) => part.split(":"));
  return Object.keys(costs).map((stage) => {
    const own = parts.find(([of, form]) => form !== undefined && of === stage)?.[1];
    return [Number(stage), own ?? parts.find((part) => part.length === 1)![0]!] as const;
  });
}

/** A space of every form in every stage, with whole networks in one form as openings. */
export function simulatedSpace(costs: StageCosts, naive: LoweringName): SearchSpace {
  const stages = Object.keys(costs).map(Number);
  const forms = Object.keys(costs[stages[0]!]!);
  const recipeOf = (named: readonly (readonly [number, string])[]) => {
    const [first] = named;
    const alike = named.every(([, form]) => form === first![1]);
    return alike ? first![1] : named.map(([stage, form]) => `${stage}:${form}`).join("/");
  };
  return {
    naive,
    openings: forms.filter((form) => form !== naive),
    stages,
    variants(recipe, stage) {
      const named = stageForms(recipe, costs);
      const changed = forms.map((form) =>
        recipeOf(named.map(([of, own]) => [of, stage === null || of === stage ? form : own])),
      );
      return changed.filter((each) => each !== recipe);
    },
    complexity: (recipe) => recipe.split("/").length,
  };
}
