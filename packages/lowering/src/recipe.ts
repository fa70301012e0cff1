import { InputError } from "@sebench/spec";
import { type ActivationForm, activationForms } from "./activation.ts";
import { type Layout, type LoweringName, type PassName, passNames } from "./lowering.ts";

/** The passes for some stages, or for all stages that no other part names. */
export interface RecipePart {
  /** The stages, ascending, or null for all that no other part names. */
  readonly stages: readonly number[] | null;
  /** The passes in the order in which they are applied. */
  readonly passes: readonly PassName[];
}

export interface Recipe {
  readonly layout: Layout;
  /** The form of hard-swish; default: one operator. */
  readonly activation?: ActivationForm;
  readonly parts: readonly RecipePart[];
}

/** The groups of passes of which a part has one at most. */
const groups: readonly (readonly PassName[])[] = [
  ["squeeze-pushdown", "squeeze-fold"],
  ["reduce-mean", "squeeze-scaled"],
  ["gate-resize", "scale-fold", "scale-forward"],
  ["residual-conv"],
  ["gemm", "conv1x1"],
];

/** The passes that make no form faster, and are for what they compute: a search leaves them out. */
const neverFaster: ReadonlySet<PassName> = new Set(["squeeze-scaled"]);

/**
 * Every combination of passes that may make one part faster, from the fewest passes to the most.
 */
export const combinations: readonly (readonly PassName[])[] = choicesOf(
  groups.map((group) => group.filter((name) => !neverFaster.has(name))),
)
  .map((passes) => withoutConv1x1(passes))
  .filter((passes, at, all) => all.findIndex((each) => each.join() === passes.join()) === at)
  .toSorted((one, other) => one.length - other.length);

/** Every choice of one pass or none from each group. */
function choicesOf([group, ...others]: readonly (readonly PassName[])[]): PassName[][] {
  if (group === undefined) return [[]];
  const rests = choicesOf(others);
  return [...rests, ...group.flatMap((name) => rests.map((rest) => [name].concat(rest)))];
}

/** Leaves out `conv1x1`, which does nothing, unless it is the only pass. */
function withoutConv1x1(passes: readonly PassName[]): readonly PassName[] {
  const others = passes.filter((name) => name !== "conv1x1");
  return others.length === 0 ? ["conv1x1"] : others;
}

/**
 * Reads a recipe: parts joined by `/`, each of which has the stages that it is for and
 * then the names of passes joined by `+`: `2-4:squeeze-fold+scale-fold/5:gate-resize`. A
 * part without stages is for the stages that no other part names. The part `nchwc` asks
 * for that layout, and a part such as `activation=clip` for a form of hard-swish. Throws an `InputError` that says what is wrong with the text.
 */
export function parseLowering(text: string): Recipe {
  const words = text.split("/");
  const layout: Layout = words.includes("nchwc") ? "nchwc" : "engine";
  const activations = words.filter((word) => word.startsWith(activationKey));
  const others = words.filter((word) => word !== "nchwc" && !activations.includes(word));
  const parts = others.map((word) => parsePart(word, text));
  const named = parts.flatMap(({ stages }): readonly (number | null)[] => stages ?? [null]);
  const twice = named.find((stage, at) => named.indexOf(stage) !== at);
  if (twice !== undefined) {
    const what = twice === null ? "the stages that no part names" : `stage ${twice}`;
    throw wrong(text, `writes ${what} in two ways`);
  }
  if (activations.length > 1) throw wrong(text, "writes hard-swish in two ways");
  if (words.length - parts.length - activations.length > 1) throw wrong(text, "names nchwc twice");
  const [asked] = activations;
  const stated = asked === undefined ? {} : parseActivation(asked, text);
  const nothing = parts.length === 0 && layout === "engine" && stated.activation === undefined;
  return { layout, ...stated, parts: nothing ? [{ stages: null, passes: ["conv1x1"] }] : parts };
}

/** Prints the canonical form: stages ascending, neighbours of one form as `2-4`, and then the rest. */
export function formatLowering({ layout, activation, parts }: Recipe): LoweringName {
  const staged = parts
    .flatMap(({ stages, passes }) =>
      (stages ?? []).map((stage) => ({ stage, form: passes.join("+") })),
    )
    .toSorted((one, other) => one.stage - other.stage);
  const runs: { readonly form: string; readonly first: number; last: number }[] = [];
  for (const { stage, form } of staged) {
    const run = runs.at(-1);
    if (run?.form === form && run.last === stage - 1) run.last = stage;
    else runs.push({ form, first: stage, last: stage });
  }
  const rest = parts.filter(({ stages }) => stages === null).map(({ passes }) => passes.join("+"));
  return [
    ...(layout === "nchwc" ? ["nchwc"] : []),
    ...(activation === undefined ? [] : [`${activationKey}${activation}`]),
    ...runs.map(
      ({ form, first, last }) => `${first === last ? first : `${first}-${last}`}:${form}`,
    ),
    ...rest,
  ].join("/");
}

const activationKey = "activation=";

/** Reads a form of hard-swish; the form that networks have anyway is not stated. */
function parseActivation(word: string, text: string): { readonly activation?: ActivationForm } {
  const form = activationForms.find((each) => `${activationKey}${each}` === word);
  if (form === undefined) {
    throw new InputError(`there is no form "${word}" of hard-swish, as in "${text}"`, {
      remedy: `choose one of ${activationForms.map((each) => activationKey + each).join(", ")}`,
    });
  }
  return form === "hard-swish" ? {} : { activation: form };
}

function parsePart(word: string, text: string): RecipePart {
  const colon = word.indexOf(":");
  const stages = colon === -1 ? null : parseStages(word.slice(0, colon), text);
  const names = word.slice(colon + 1).split("+");
  const unknown = names.find((name) => !passNames.some((each) => each === name));
  if (unknown !== undefined) {
    throw new InputError(
      `there is no lowering "${unknown}"${unknown === text ? "" : `, as in "${text}"`}`,
      {
        remedy: `choose one of ${passNames.join(", ")}, joined by + if more than one`,
      },
    );
  }
  for (const group of groups) {
    const both = names.filter((name) => group.some((each) => each === name));
    if (both.length > 1) throw wrong(text, `has ${both.join(" and ")}, which exclude each other`);
  }
  return { stages, passes: withoutConv1x1(passNames.filter((name) => names.includes(name))) };
}

/** Reads the stages of a part, `2` or `2-4`. */
function parseStages(word: string, text: string): number[] {
  const bounds = /^(\d)(?:-(\d))?$/.exec(word);
  const [first, last] = [Number(bounds?.[1]), Number(bounds?.[2] ?? bounds?.[1])];
  if (bounds === null || last < first) throw wrong(text, `has no stages in "${word}"`);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function wrong(text: string, what: string): InputError {
  return new InputError(`the lowering "${text}" ${what}`, {
    remedy: "write it as 2-4:squeeze-fold+scale-fold/5:squeeze-fold+gate-resize, or by one name",
  });
}
