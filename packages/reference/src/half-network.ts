import { isMap, type Network, type Node } from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import { type SumOrder, sumInHalf, toHalf, toHalves } from "./half.ts";
import { type ChangeValues, type EvaluatedNode, evaluateNodes } from "./run-reference.ts";

/** How the mean of a map is taken: with one rounding at its end, or with every partial sum rounded. */
export type MeanInHalf = "one rounding" | SumOrder;

/** The weights, each rounded to the nearest half. */
export function halfWeights(weights: Weights): Weights {
  return new Map(
    Array.from(weights, ([name, { shape, data }]) => [name, { shape, data: data.map(toHalf) }]),
  );
}

/**
 * Evaluates a network for one image with the result of every node rounded to a half. Layers add their
 * products up without rounding, as engines do that keep sums in float32. Means over whole maps, and
 * over the rows of a map in a squeeze, are taken as `mean` says.
 *
 * @param weights the weights, rounded by `halfWeights`
 */
export function evaluateInHalf(
  network: Network,
  weights: Weights,
  image: Float64Array,
  mean: MeanInHalf,
): Generator<EvaluatedNode> {
  const change: ChangeValues = (evaluated) =>
    mean !== "one rounding" && meanWidth(evaluated.node) !== null
      ? meansOf(evaluated, mean)
      : toHalves(evaluated.data);
  return evaluateNodes(network, weights, image, change);
}

/** Whether a node takes the means of whole maps, or in a squeeze of their rows; null where it does not. */
export function meanWidth({ op, role }: Pick<Node, "op" | "role">): "map" | "row" | null {
  if (op.kind === "globalAvgPool" || op.kind === "reduceMean") return "map";
  return op.kind === "avgPool" && role === "squeeze" ? "row" : null;
}

/** The means that a node takes of what it reads, summed and divided in halves. */
export function meansOf(
  { node, inputs }: Omit<EvaluatedNode, "data">,
  order: SumOrder,
): Float64Array {
  const [{ data, shape }] = inputs as [EvaluatedNode["inputs"][number]];
  if (!isMap(shape)) throw new Error(`${node.name} takes the mean of a vector`);
  const [, height, width] = shape;
  const length = meanWidth(node) === "row" ? width : height * width;
  return Float64Array.from({ length: data.length / length }, (_, index) => {
    const stretch = { start: index * length, end: (index + 1) * length, width };
    return toHalf(sumInHalf(data, order, stretch) / length);
  });
}
