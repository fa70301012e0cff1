import { InputError, type Network, parametersOf } from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import { activation } from "./activation.ts";
import { scaleForward } from "./scale-forward.ts";
import { conv1x1, gemm, squeezeFold } from "./excite.ts";
import {
  type LoweredNetwork,
  type LoweringName,
  type Pass,
  type PassName,
  passNames,
  type Scope,
} from "./lowering.ts";
import {
  formatLowering,
  parseLowering,
  type Recipe,
  combinations,
  type RecipePart,
} from "./recipe.ts";
import { gateResize, residualConv, scaleFold } from "./scale.ts";
import { reduceMean, squeezePushdown, squeezeScaled } from "./squeeze.ts";

/** The rewrite of every name; a name without a rewrite does not compile. */
const passOf: Readonly<Record<PassName, Pass>> = {
  "squeeze-pushdown": squeezePushdown,
  "squeeze-fold": squeezeFold,
  "reduce-mean": reduceMean,
  "squeeze-scaled": squeezeScaled,
  "gate-resize": gateResize,
  "scale-fold": scaleFold,
  "scale-forward": scaleForward,
  "residual-conv": residualConv,
  gemm,
  conv1x1,
};

/** The facts that a lowering depends on beside the network. */
export interface LoweringContext {
  /** The number of images in one run; default 1. */
  readonly batch?: number;
}

/**
 * Rewrites the SE of a network in canonical form by a recipe. A network without SE
 * stays as it is, but for the form of its hard-swish. Throws an `InputError` if the recipe cannot be read or does not apply.
 * Whether the weights fit is left to the reader of the result, since checking them takes
 * a look at every value.
 */
export function lower(
  network: Network,
  weights: Weights,
  name: LoweringName,
  { batch = 1 }: LoweringContext = {},
): LoweredNetwork {
  const recipe = parseLowering(name);
  const lowering = formatLowering(recipe);
  const se = hasSe(network);
  if (!se && recipe.activation === undefined) return { network, weights, lowering };
  const { obstacle, steps } = se
    ? stepsOf(network, recipe, batch)
    : { obstacle: null, steps: activationStep(network, recipe, batch) };
  if (obstacle !== null) throw doesNotApply(network, lowering, obstacle, batch);
  let fitting = weights;
  for (const { pass, before, scope } of steps) fitting = pass.weights(before, fitting, scope);
  const lowered = steps.at(-1)?.after ?? network;
  return {
    network: lowered,
    weights: withoutUnused(fitting, network, lowered),
    lowering,
    ...(se && recipe.layout !== "engine" && { layout: recipe.layout }),
  };
}

/** The obstacle that keeps a lowering from a network, in words, or null if there is none or no SE. */
export function obstacleTo(
  network: Network,
  name: LoweringName,
  { batch = 1 }: LoweringContext = {},
): string | null {
  const recipe = parseLowering(name);
  return hasSe(network) ? stepsOf(network, recipe, batch).obstacle : null;
}

/** The lowering `gemm`, which is the paper's, if it applies, else `conv1x1`, which always applies. */
export function defaultLowering(network: Network): LoweringName {
  return obstacleTo(network, "gemm") === null ? "gemm" : "conv1x1";
}

/** One pass over the stages for which the recipe names it. */
interface Step {
  readonly pass: Pass;
  readonly scope: Scope;
  readonly before: Network;
  readonly after: Network;
}

interface Steps {
  readonly steps: readonly Step[];
  /** The obstacle to the first pass that does not apply, or null if all apply. */
  readonly obstacle: string | null;
}

function stepsOf(network: Network, recipe: Recipe, batch: number): Steps {
  const stages = new Set(network.nodes.map(({ stage }) => stage));
  const absent = recipe.parts.flatMap((part) => part.stages ?? []).find((of) => !stages.has(of));
  if (absent !== undefined) {
    return { steps: [], obstacle: `${network.name} has no stage ${absent}` };
  }
  const steps: Step[] = [];
  let before = network;
  const used = new Set(recipe.parts.flatMap((part) => part.passes));
  for (const name of passNames.filter((each) => used.has(each))) {
    const scope = { batch, includes: (stage: number | null) => passesAt(recipe, stage).has(name) };
    const obstacle = passOf[name].obstacle(before, scope);
    if (obstacle !== null) return { steps, obstacle };
    const after = passOf[name].graph(before, scope);
    steps.push({ pass: passOf[name], scope, before, after });
    before = after;
  }
  steps.push(...activationStep(before, recipe, batch));
  const obstacle = activation(recipe.activation ?? "hard-swish").obstacle(
    network,
    everywhere(batch),
  );
  return { steps, obstacle };
}

function everywhere(batch: number): Scope {
  return { batch, includes: () => true };
}

/** The step that writes the hard-swish of a whole network, or none if that stays as it is. */
function activationStep(before: Network, { activation: form }: Recipe, batch: number): Step[] {
  if (form === undefined) return [];
  const [pass, scope] = [activation(form), everywhere(batch)];
  return [{ pass, scope, before, after: pass.graph(before, scope) }];
}

function passesAt({ parts }: Recipe, stage: number | null): ReadonlySet<PassName> {
  const own = parts.find(({ stages }) => stage !== null && stages?.includes(stage));
  return new Set((own ?? parts.find(({ stages }) => stages === null))?.passes);
}

function hasSe({ nodes }: Network): boolean {
  return nodes.some(({ role }) => role === "scale");
}

/** Leaves out the weights that the network in canonical form has and the lowered one has not. */
function withoutUnused(weights: Weights, network: Network, lowered: Network): Weights {
  if (lowered === network) return weights;
  const used = new Set(parametersOf(lowered).map(({ name }) => name));
  const unused = new Set(
    parametersOf(network)
      .map(({ name }) => name)
      .filter((name) => !used.has(name)),
  );
  if (unused.size === 0) return weights;
  return new Map([...weights].filter(([name]) => !unused.has(name)));
}

function doesNotApply(
  network: Network,
  lowering: LoweringName,
  obstacle: string,
  batch: number,
): InputError {
  const others = passNames.filter((name) => obstacleTo(network, name, { batch }) === null);
  return new InputError(`the lowering ${lowering} does not apply: ${obstacle}`, {
    remedy: `choose ${others.join(" or ")}`,
  });
}

/** The stages of a network that have SE, ascending. */
export function stagesWithSe({ nodes }: Network): number[] {
  const stages = nodes.flatMap(({ role, stage }) =>
    role === "scale" && stage !== null ? [stage] : [],
  );
  return [...new Set(stages)].toSorted((one, other) => one - other);
}

/** Every form of one stage, without the stage's number, from the fewest rewrites to the most. */
export function formsOfStage(
  network: Network,
  stage: number,
  context: LoweringContext = {},
): LoweringName[] {
  return combinations
    .map((passes) => passes.join("+"))
    .filter((form) => obstacleTo(network, `${stage}:${form}/conv1x1`, context) === null);
}

/** Gives one stage of a lowering another form. */
export function withStage(
  network: Network,
  name: LoweringName,
  stage: number,
  form: LoweringName,
): LoweringName {
  const { parts, ...whole } = parseLowering(name);
  const written = parseLowering(form).parts[0]!.passes;
  const given = (of: number) =>
    parts.find(({ stages }) => stages?.includes(of)) ?? parts.find(({ stages }) => stages === null);
  const changed = stagesWithSe(network).map((of): RecipePart => {
    return { stages: [of], passes: of === stage ? written : (given(of)?.passes ?? ["conv1x1"]) };
  });
  const forms = new Set(changed.map(({ passes }) => passes.join("+")));
  const one: RecipePart = { stages: null, passes: written };
  return formatLowering({ ...whole, parts: forms.size === 1 ? [one] : changed });
}
