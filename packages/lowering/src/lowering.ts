import type { Network } from "@sebench/spec";
import type { Weights } from "@sebench/weights";

/** How SE is written as operators. */
export type LoweringName = "gemm" | "conv1x1" | "squeeze-pushdown" | "squeeze-fold";

/** An exact rewrite of SE: it changes the operators, not the function. */
export interface Lowering {
  /** What keeps the network from being written so, in words; null where nothing does. */
  obstacle(network: Network): string | null;
  /** Only for a network in canonical form and without an obstacle. */
  rewrite(network: Network, weights: Weights): Rewritten;
}

export interface Rewritten {
  readonly network: Network;
  readonly weights: Weights;
}
