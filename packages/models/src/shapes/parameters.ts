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
 * The number of parameters that nodes read, those of each tensor once.
 *
 * @param isConstant Tells whether a tensor depends on no input.
 */
export function parametersOf(
  nodes: readonly Node[],
  view: GraphView,
  known: KnownTensors,
  isConstant: (name: string) => boolean,
): number {
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
  let count = 0;
  for (const name of sources) {
    const constant = known.constants.get(name);
    if (constant !== undefined && isParameter(constant.type, constant.dims)) {
      count += sizeOf(constant.dims);
    }
  }
  return count;
}
