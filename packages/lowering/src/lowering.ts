import type { Network } from "@sebench/spec";
import type { Weights } from "@sebench/weights";

/** The rewrites, in the order in which they are applied. */
export const passNames = [
  "squeeze-pushdown",
  "squeeze-fold",
  "reduce-mean",
  "gate-resize",
  "scale-fold",
  "residual-conv",
  "gemm",
  "conv1x1",
] as const;

export type PassName = (typeof passNames)[number];

/**
 * How SE is written as operators: a recipe in its canonical form, as `formatLowering`
 * prints it. `gemm`; `squeeze-fold+gate-resize`; by stages
 * `2-4:squeeze-fold+scale-fold/5:squeeze-fold+gate-resize+residual-conv`.
 */
export type LoweringName = string;

/** What a pass is applied to. */
export interface Scope {
  /** Whether it holds for the blocks of a stage; null for those outside the stages. */
  includes(stage: number | null): boolean;
  /** Images in one run. */
  readonly batch: number;
}

/** An exact rewrite of SE: it changes the operators, not the function. */
export interface Pass {
  /** What keeps the network from being written so, in words; null where nothing does. */
  obstacle(network: Network, scope: Scope): string | null;
  /** Only where there is no obstacle. */
  graph(network: Network, scope: Scope): Network;
  /** The weights that fit what `graph` gives, out of those that fit `network`. */
  weights(network: Network, weights: Weights, scope: Scope): Weights;
}

/** For a pass that leaves the weights as they are. */
export function sameWeights(_network: Network, weights: Weights): Weights {
  return weights;
}

/** `stage 2, block 0 of se-resnet50`. */
export function blockOf(
  { stage, block }: { readonly stage: number | null; readonly block: number | null },
  { name }: Network,
): string {
  return stage === null ? name : `stage ${stage}, block ${block} of ${name}`;
}
