import type { LoweringName } from "@sebench/lowering";
import { seededRandom } from "@sebench/measure";
import type { Race } from "../ring.ts";
import type { SearchSpace } from "../search-space.ts";

/** What a simulated network takes: by stage and form, in milliseconds. */
export type StageCosts = Readonly<Record<number, Readonly<Record<string, number>>>>;

export interface Simulation {
  /** Of all that is not SE. */
  readonly plainMs: number;
  readonly costs: StageCosts;
  /** Standard deviation of a visit's logarithm. */
  readonly noise: number;
  readonly seed: number;
  /** Recipes that end a race for all, as a crash does. */
  readonly crashing?: (recipe: LoweringName) => boolean;
  /** Recipes that give other logits. */
  readonly wrong?: (recipe: LoweringName) => boolean;
}

/** What preparing a racer takes, and a visit, in milliseconds of the simulated clock. */
const prepareMs = 400;
const visitMs = 50;
const roundsOfEffort = 5;

/** A race whose outcome is known but for noise, on a clock of its own. Recipes are `2:a/3:b`, or `a` for all. */
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

/** Every form in every stage; whole networks in one form to start from. */
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
