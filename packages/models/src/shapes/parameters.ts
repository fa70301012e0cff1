import type { GraphView } from "../graph/graph-view.ts";
import { isFloat, type Node, sizeOf } from "../graph/model.ts";
import type { KnownTensors } from "./access.ts";

/** The types of integers in which quantised weights are kept: uint8, int8, uint4, int4. */
const quantised: ReadonlySet<number> = new Set([2, 3, 21, 22]);

/**
 * Whether a tensor's elements count as parameters: floats, but for single numbers such as the limit
 * of a Clip, and integers that are weights.
 */
export function isParameter(type: number, dims: readonly number[]): boolean {
  return dims.length > (quantised.has(type) ? 1 : 0) && (isFloat(type) || quantised.has(type));
}

/**
 * The tensors of parameters that nodes read, with the number of elements of each.
 *
 * @param isConstant Tells whether a tensor depends on no input.
 */
export function weightsOf(
  nodes: readonly Node[],
  view: GraphView,
  known: KnownTensors,
  isConstant: (name: string) => boolean,
): ReadonlyMap<string, number> {
  const seen = new Set<string>();
  const open = nodes.flatMap(({ inputs }) => inputs);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name) || !isConstant(name)) continue;
    seen.add(name);
    const giver = view.givers.get(name);
    // What a node makes of constants is counted where it comes from.
    if (giver !== undefined && giver.op !== "Shape") open.push(...giver.inputs);
  }
  const sources = [...seen].filter((name) => {
    const giver = view.givers.get(name);
    return giver === undefined || giver.op === "Constant";
  });
  const weights = new Map<string, number>();
  for (const name of sources) {
    const constant = known.constants.get(name);
    if (constant !== undefined && isParameter(constant.type, constant.dims)) {
      weights.set(name, sizeOf(constant.dims));
    }
  }
  return weights;
}

/** The elements of tensors of weights. */
export function elementsOf(weights: ReadonlyMap<string, number>): number {
  return [...weights.values()].reduce((sum, size) => sum + size, 0);
}
