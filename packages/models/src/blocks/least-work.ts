import { GraphView } from "../graph/graph-view.ts";
import { type Node, numberOf, sizeOf } from "../graph/model.ts";
import { readModel } from "../graph/read-model.ts";
import type { ShapedGraph } from "../shapes/access.ts";
import { inferShapes, type InputSizes } from "../shapes/infer.ts";
import { weightsAt } from "../shapes/macs.ts";
import type { Block } from "./block.ts";
import { findBlocks } from "./find-blocks.ts";

/** One step of SE: a kernel that computes and reads its parameters at the same time. */
export interface LeastStep {
  /** The multiply-accumulates, or sums, of a run with all of its batch. */
  readonly macs: number;
  /** The parameters that are read. */
  readonly parameters: number;
}

/**
 * The least that the SE of a model adds to a run, step by step, under the best exact rewrite known. Maps
 * are in registers or caches where SE meets them, so they cost no byte. What comes out of a 1x1
 * convolution is pooled before it, where that makes the first layer smaller. A product that goes
 * straight into a sum costs nothing, as both are one multiply-accumulate; for one image it is one for
 * each weight of the convolution before or after it, where those are fewer than the map's elements.
 * Activations and gates cost nothing.
 *
 * @returns null where a size that this needs is not known
 */
export function leastSeSteps(path: string, sizes: InputSizes): readonly LeastStep[] | null {
  const shaped = inferShapes(readModel(path), sizes);
  const view = new GraphView(shaped.graph);
  const blocks = findBlocks(shaped).filter(({ within }) => within === null);
  const steps: LeastStep[] = [];
  for (const block of blocks) {
    const own = stepsOf(block, shaped, view);
    if (own === null) return null;
    steps.push(...own);
  }
  return steps;
}

function stepsOf(block: Block, shaped: ShapedGraph, view: GraphView): LeastStep[] | null {
  const { map, squeezes, squeezed, excite } = block;
  const elements = elementsOf(map, shaped);
  const read = squeezed.map((name) => elementsOf(name, shaped));
  if (elements === null || read.some((count) => count === null)) return null;
  const source = block.kind === "other-tensor" ? null : pointwiseBefore(map, shaped, view);
  // The mean of a 1x1 convolution is the convolution of the mean of what it reads.
  const share = source === null ? 1 : Math.min(1, source.inputs / source.outputs);
  const isMean = squeezes.every(({ op }) => !op.includes("Max"));
  const pooled = read.reduce<number>((sum, count) => sum + count!, 0);
  const perMap = Math.max(1, squeezes.length / Math.max(1, squeezed.length));
  const steps: LeastStep[] = [
    { macs: Math.round(pooled * (isMean ? share : perMap)), parameters: 0 },
  ];
  const seen = new Set<string>();
  for (const node of excite) {
    const at = weightsAt(node);
    if (at === null) continue;
    const macs = shaped.macs.get(node) ?? null;
    if (macs === null) return null;
    const isFirst = seen.size === 0 && isMean;
    const [weights = 0, ...others] = node.inputs.slice(at).map((name) => {
      const constant = shaped.known.constants.get(name);
      if (constant === undefined || seen.has(name)) return 0;
      seen.add(name);
      return sizeOf(constant.dims);
    });
    const factor = isFirst ? share : 1;
    const bias = Math.max(
      others.reduce((sum, size) => sum + size, 0),
      // A layer that a convolution is folded into has a bias, whether it had one or not.
      factor < 1 ? Number(shaped.known.dimsOf(node.outputs[0])?.[1] ?? 0) : 0,
    );
    const parameters = Math.round(weights * factor) + bias;
    steps.push({ macs: Math.round(macs * factor), parameters });
  }
  steps.push({ macs: productMacs(block, elements, shaped, view), parameters: 0 });
  return steps;
}

function elementsOf(name: string, { known }: ShapedGraph): number | null {
  const dims = known.dimsOf(name);
  if (dims === null || dims.some((dim) => typeof dim !== "number")) return null;
  return sizeOf(dims as readonly number[]);
}

/** The channels of a 1x1 convolution that gives a map with nothing in between, or null. */
function pointwiseBefore(
  map: string,
  { known }: ShapedGraph,
  view: GraphView,
): { inputs: number; outputs: number } | null {
  const conv = view.givers.get(map);
  if (conv === undefined || conv.op !== "Conv" || numberOf(conv, "group", 1) !== 1) return null;
  const dims = known.dimsOf(conv.inputs[1]);
  const [outputs, inputs, ...window] = (dims ?? []) as readonly number[];
  if (outputs === undefined || inputs === undefined || window.some((side) => side !== 1))
    return null;
  return { inputs, outputs };
}

/** The multiply-accumulates of the product of map and gate. */
function productMacs(
  { map, readers, channels }: Block,
  elements: number,
  shaped: ShapedGraph,
  view: GraphView,
): number {
  const [reader, ...others] = readers;
  const alone = others.length === 0 && typeof reader === "object" ? reader : null;
  if (alone !== null && (alone.op === "Add" || alone.op === "Sum")) return 0;
  const isOneImage = shaped.known.dimsOf(map)?.[0] === 1;
  if (!isOneImage || channels === null) return elements;
  const weightsOf = (node: Node | undefined | null) => {
    const constant = node?.op === "Conv" ? shaped.known.constants.get(node.inputs[1] ?? "") : null;
    return constant ? sizeOf(constant.dims) : Infinity;
  };
  return Math.min(elements, weightsOf(view.givers.get(map)), weightsOf(alone));
}
