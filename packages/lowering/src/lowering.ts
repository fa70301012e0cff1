import type { Network } from "@sebench/spec";
import type { Weights } from "@sebench/weights";

/** The rewrites, in the order in which they are applied. */
export const passNames = [
  "squeeze-pushdown",
  "squeeze-fold",
  "reduce-mean",
  "squeeze-scaled",
  "gate-resize",
  "scale-fold",
  "scale-forward",
  "residual-conv",
  "gemm",
  "conv1x1",
] as const;

export type PassName = (typeof passNames)[number];

/**
 * The way that SE is written as operators: a recipe in the canonical form that
 * `formatLowering` prints. Examples are `gemm`, `squeeze-fold+gate-resize`, and, by stages,
 * `2-4:squeeze-fold+scale-fold/5:squeeze-fold+gate-resize+residual-conv`.
 */
export type LoweringName = string;

/** The part of a network that a pass is applied to. */
export interface Scope {
  /** Tells whether the pass is for the blocks of a stage; null stands for blocks outside the stages. */
  includes(stage: number | null): boolean;
  /** The number of images in one run. */
  readonly batch: number;
}

/** An exact rewrite of SE, which changes the operators and not the function. */
export interface Pass {
  /** The obstacle that keeps the pass from the network, in words, or null if there is none. */
  obstacle(network: Network, scope: Scope): string | null;
  /** The rewritten graph of a network to which there is no obstacle. */
  graph(network: Network, scope: Scope): Network;
  /** The weights that fit the result of `graph`, made of those that fit `network`. */
  weights(network: Network, weights: Weights, scope: Scope): Weights;
}

/** The `weights` of a pass that leaves the weights as they are. */
export function sameWeights(_network: Network, weights: Weights): Weights {
  return weights;
}

/** Names a block in words: `stage 2, block 0 of se-resnet50`. */
export function blockOf(
  { stage, block }: { readonly stage: number | null; readonly block: number | null },
  { name }: Network,
): string {
  return stage === null ? name : `stage ${stage}, block ${block} of ${name}`;
}

/**
 * The layout of maps in memory: `engine` is the layout of each engine, and `nchwc` the
 * blocks of channels that onnxruntime's CPU provider computes in.
 */
export type Layout = "engine" | "nchwc";

/** A network with its SE written out for an engine, and the weights that fit. */
export interface LoweredNetwork {
  readonly network: Network;
  readonly weights: Weights;
  readonly lowering: LoweringName;
  /** The layout of maps in memory; default: `engine`. */
  readonly layout?: Layout;
}
