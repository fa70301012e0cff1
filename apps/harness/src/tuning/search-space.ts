import {
  formatLowering,
  type LoweringName,
  obstacleTo,
  parseLowering,
  passNames,
} from "@sebench/lowering";
import type { Network } from "@sebench/spec";
import { stageForms } from "./stage-forms.ts";

/** The recipes that a search may try, and which are near to which. */
export interface SearchSpace {
  /** As everyone writes it: what a search has to beat. */
  readonly naive: LoweringName;
  /** For the whole network, the likeliest first; without the naive one. */
  readonly openings: readonly LoweringName[];
  readonly stages: readonly number[];
  /** The recipe with one stage, or all where null, in another form. */
  variants(recipe: LoweringName, stage: number | null): readonly LoweringName[];
  /** Of two that cannot be told apart, the one of the lower number is kept. */
  complexity(recipe: LoweringName): number;
}

export interface SpaceOptions {
  readonly naive: LoweringName;
  /** The best that is known for the runtime. */
  readonly best: LoweringName;
  /** Whether the runtime has the layout `nchwc`. */
  readonly nchwc: boolean;
  readonly batch: number;
}

export function searchSpace(
  network: Network,
  { naive, best, nchwc, batch }: SpaceOptions,
): SearchSpace {
  const { stages, toggled, likeOthers, named } = stageForms(network, batch);
  const everywhere = (recipe: LoweringName, pass: string) =>
    stages.reduce((changed, stage) => toggled(changed, stage, pass), recipe);
  const applies = (recipe: LoweringName) => obstacleTo(network, recipe, { batch }) === null;
  const distinct = (recipes: readonly LoweringName[], but: LoweringName) =>
    [...new Set(recipes.filter(applies).map(named))].filter((recipe) => recipe !== named(but));
  const singles = passes.map((pass) => everywhere("conv1x1", pass));
  return {
    naive,
    openings: distinct([best, "conv1x1", ...singles], naive),
    stages,
    variants(recipe, stage) {
      if (stage === null) {
        const layouts = nchwc ? [otherLayout(recipe)] : [];
        return distinct([...passes.map((pass) => everywhere(recipe, pass)), ...layouts], recipe);
      }
      const own = passes.map((pass) => toggled(recipe, stage, pass));
      return distinct([...likeOthers(recipe, stage), ...own], recipe);
    },
    complexity: (recipe) => recipe.split(/[+/]/).filter((part) => !part.endsWith("conv1x1")).length,
  };
}

const passes = passNames.filter((pass) => pass !== "conv1x1");

function otherLayout(recipe: LoweringName): LoweringName {
  const { layout, parts } = parseLowering(recipe);
  return formatLowering({ layout: layout === "nchwc" ? "engine" : "nchwc", parts });
}
