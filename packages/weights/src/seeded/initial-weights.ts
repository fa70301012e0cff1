import { type DeclaredParameter, elementCount, type Network, parametersOf } from "@sebench/spec";
import type { Weights } from "../weights/weights.ts";
import type { Range } from "./initial-range.ts";
import { drawWeights } from "./seeded-weights.ts";

/**
 * Draws the weights that training starts from, with the generator of `seededWeights`:
 * layers by He et al. 2015 (uniform, `sqrt(6 / fanIn)`), biases of 0, and batch norms
 * that do nothing.
 *
 * @param seed A whole number from 0 to 2^32 - 1.
 */
export function initialWeights(network: Network, seed: number): Weights {
  const ofBatchNorm = new Set(
    network.nodes.filter(({ op }) => op.kind === "batchNorm").map(({ name }) => name),
  );
  const ranges = new Map(
    parametersOf(network).map((parameter) => [
      parameter.name,
      ofBatchNorm.has(parameter.node) ? neutral(parameter) : ofLayer(parameter),
    ]),
  );
  return drawWeights(network, seed, ranges);
}

function neutral({ slot }: DeclaredParameter): Range {
  return { centre: slot === "weight" || slot === "variance" ? 1 : 0, spread: 0 };
}

function ofLayer({ slot, shape }: DeclaredParameter): Range {
  if (slot === "bias") return { centre: 0, spread: 0 };
  return { centre: 0, spread: Math.sqrt(6 / elementCount(shape.slice(1))) };
}
