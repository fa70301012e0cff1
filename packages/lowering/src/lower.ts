import { InputError, type Network, parametersOf } from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import { conv1x1 } from "./conv1x1.ts";
import { gateResize } from "./gate-resize.ts";
import { gemm } from "./gemm.ts";
import type { LoweredNetwork } from "./lowered.ts";
import { type LoweringName, type Pass, type PassName, passNames, type Scope } from "./lowering.ts";
import { formatLowering, parseLowering, type Recipe } from "./recipe.ts";
import { reduceMean } from "./reduce-mean.ts";
import { residualConv } from "./residual-conv.ts";
import { scaleFold } from "./scale-fold.ts";
import { squeezeFold } from "./squeeze-fold.ts";
import { squeezePushdown } from "./squeeze-pushdown.ts";

/** Total by construction: a name without a rewrite does not compile. */
const passes: Readonly<Record<PassName, Pass>> = {
  "squeeze-pushdown": squeezePushdown,
  "squeeze-fold": squeezeFold,
  "reduce-mean": reduceMean,
  "gate-resize": gateResize,
  "scale-fold": scaleFold,
  "residual-conv": residualConv,
  gemm,
  conv1x1,
};

/** What a lowering may depend on beside the network. */
export interface LoweringContext {
  /** Images in one run; default 1. */
  readonly batch?: number;
}

/**
 * Writes the SE of a network in canonical form as a recipe says. A network
 * without SE stays as it is. Throws an `InputError` where the recipe cannot be
 * read or SE cannot be written so. Whether the weights fit is for the reader of the
 * result to check: it takes a look at every value.
 */
export function lower(
  network: Network,
  weights: Weights,
  name: LoweringName,
  { batch = 1 }: LoweringContext = {},
): LoweredNetwork {
  const recipe = parseLowering(name);
  const lowering = formatLowering(recipe);
  if (!hasSe(network)) return { network, weights, lowering };
  const { obstacle, steps } = stepsOf(network, recipe, batch);
  if (obstacle !== null) throw doesNotApply(network, lowering, obstacle, batch);
  let fitting = weights;
  for (const { pass, before, scope } of steps) fitting = pass.weights(before, fitting, scope);
  const lowered = steps.at(-1)?.after ?? network;
  return {
    network: lowered,
    weights: withoutUnused(fitting, network, lowered),
    lowering,
    ...(recipe.layout !== "engine" && { layout: recipe.layout }),
  };
}

/** Why a network cannot be written so, in words; null where it can, or has no SE. */
export function obstacleTo(
  network: Network,
  name: LoweringName,
  { batch = 1 }: LoweringContext = {},
): string | null {
  const recipe = parseLowering(name);
  return hasSe(network) ? stepsOf(network, recipe, batch).obstacle : null;
}

/** `gemm`, as the paper writes SE, where it applies; else `conv1x1`, which always does. */
export function defaultLowering(network: Network): LoweringName {
  return obstacleTo(network, "gemm") === null ? "gemm" : "conv1x1";
}

/** One pass over the stages that the recipe has it for. */
interface Step {
  readonly pass: Pass;
  readonly scope: Scope;
  readonly before: Network;
  readonly after: Network;
}

interface Steps {
  readonly steps: readonly Step[];
  /** What the first pass that does not apply says. */
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
    const obstacle = passes[name].obstacle(before, scope);
    if (obstacle !== null) return { steps, obstacle };
    const after = passes[name].graph(before, scope);
    steps.push({ pass: passes[name], scope, before, after });
    before = after;
  }
  return { steps, obstacle: null };
}

function passesAt({ parts }: Recipe, stage: number | null): ReadonlySet<PassName> {
  const own = parts.find(({ stages }) => stage !== null && stages?.includes(stage));
  return new Set((own ?? parts.find(({ stages }) => stages === null))?.passes);
}

function hasSe({ nodes }: Network): boolean {
  return nodes.some(({ role }) => role === "scale");
}

/** Without what the network in canonical form has and the lowered one does not. */
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
