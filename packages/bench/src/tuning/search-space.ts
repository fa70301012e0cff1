import {
  formatLowering,
  type LoweringName,
  obstacleTo,
  parseLowering,
  passNames,
  formsOfStage,
  stagesWithSe,
  withStage,
} from "@sebench/lowering";
import type { Network } from "@sebench/spec";

/** The recipes that a search may try, and which of them are near to which. */
export interface SearchSpace {
  /** The form as everyone writes it, which a search has to beat. */
  readonly naive: LoweringName;
  /** The recipes for the whole network, the likeliest first, without the naive one. */
  readonly openings: readonly LoweringName[];
  readonly stages: readonly number[];
  /** The recipes that differ in the form of one stage, or of all stages where the stage is null. */
  variants(recipe: LoweringName, stage: number | null): readonly LoweringName[];
  /**
   * The complexity of a recipe. Of two recipes that cannot be told apart, the simpler one is kept.
   */
  complexity(recipe: LoweringName): number;
}

export interface SpaceOptions {
  readonly naive: LoweringName;
  /** The best recipe that is known for the runtime. */
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
  const singles = otherPasses.map((pass) => everywhere("conv1x1", pass));
  return {
    naive,
    openings: distinct([best, "conv1x1", ...singles], naive),
    stages,
    variants(recipe, stage) {
      if (stage === null) {
        const layouts = nchwc ? [otherLayout(recipe)] : [];
        return distinct(
          [...otherPasses.map((pass) => everywhere(recipe, pass)), ...layouts],
          recipe,
        );
      }
      const own = otherPasses.map((pass) => toggled(recipe, stage, pass));
      return distinct([...likeOthers(recipe, stage), ...own], recipe);
    },
    complexity: (recipe) => recipe.split(/[+/]/).filter((part) => !part.endsWith("conv1x1")).length,
  };
}

const otherPasses = passNames.filter((pass) => pass !== "conv1x1");

function otherLayout(recipe: LoweringName): LoweringName {
  const { layout, ...rest } = parseLowering(recipe);
  return formatLowering({ ...rest, layout: layout === "nchwc" ? "engine" : "nchwc" });
}

/** The forms that a network's stages may have, and how to change them in a recipe. */
interface StageForms {
  readonly stages: readonly number[];
  /**
   * The recipe with or without a pass in a stage, whichever it is not now, in the nearest form that
   * applies.
   */
  toggled(recipe: LoweringName, stage: number, pass: string): LoweringName;
  /** The recipes that give a stage the form of another stage. */
  likeOthers(recipe: LoweringName, stage: number): readonly LoweringName[];
  /** The recipe as `withStage` writes it, so that it has one name. */
  named(recipe: LoweringName): LoweringName;
}

/** A form, as the set of its passes; `conv1x1` is the form without any. */
type Form = ReadonlySet<string>;

function stageForms(network: Network, batch: number): StageForms {
  const stages = stagesWithSe(network);
  const forms = new Map(stages.map((stage) => [stage, formsOfStage(network, stage, { batch })]));
  return {
    stages,
    toggled(recipe, stage, pass) {
      const changed = withoutOrWith(formAt(recipe, stage), pass);
      const fitting = forms
        .get(stage)!
        .filter((form) => changed.has(pass) === formOf(form).has(pass))
        .map((form) => ({ form, off: distance(formOf(form), changed) }));
      const least = Math.min(...fitting.map(({ off }) => off));
      const near = fitting.findLast(({ off }) => off === least);
      return near === undefined ? recipe : withStage(network, recipe, stage, near.form);
    },
    likeOthers: (recipe, stage) =>
      stages
        .map((other) => textOf(formAt(recipe, other)))
        .filter((form) => forms.get(stage)!.includes(form))
        .map((form) => withStage(network, recipe, stage, form)),
    named(recipe) {
      const [first] = stages as [number];
      return withStage(network, recipe, first, textOf(formAt(recipe, first)));
    },
  };
}

function formOf(text: string): Form {
  return new Set(text.split("+").filter((name) => name !== "conv1x1"));
}

function textOf(form: Form): string {
  return form.size === 0 ? "conv1x1" : [...form].join("+");
}

function formAt(recipe: LoweringName, stage: number): Form {
  const { parts } = parseLowering(recipe);
  const own = parts.find((part) => part.stages?.includes(stage));
  const passes = (own ?? parts.find((part) => part.stages === null))?.passes ?? [];
  return formOf(passes.join("+"));
}

function withoutOrWith(form: Form, pass: string): Form {
  return new Set(form.has(pass) ? [...form].filter((name) => name !== pass) : [...form, pass]);
}

/** The number of passes that only one of two forms has. */
function distance(one: Form, other: Form): number {
  const lacking = (from: Form, of: Form) => [...of].filter((name) => !from.has(name)).length;
  return lacking(one, other) + lacking(other, one);
}
