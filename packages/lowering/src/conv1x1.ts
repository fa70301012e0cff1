import { type Pass, sameWeights } from "./lowering.ts";

/**
 * Two 1x1 convolutions over a pooled map, as in the authors' release. It is
 * how spec writes SE, so there is nothing to do.
 */
export const conv1x1: Pass = {
  obstacle: () => null,
  graph: (network) => network,
  weights: sameWeights,
};
