import type { Network } from "./network.ts";
import { ruleOf } from "./op-table.ts";
import { nodesWithInputs, parametersOf } from "./query.ts";
import { elementCount } from "./shape.ts";

/** Counts the trainable parameters; the running statistics of batch norms do not count. */
export function countParameters(network: Network): number {
  let count = 0;
  for (const { slot, shape } of parametersOf(network)) {
    if (slot !== "mean" && slot !== "variance") count += elementCount(shape);
  }
  return count;
}

/**
 * The rule by which multiply-accumulates are counted. `layers` counts those of
 * the convolutions and dense layers. `paper` adds one for each element of a
 * residual sum and of SE's scaling: the paper ("GFLOPs") does not state its rule,
 * and this one comes within 0.012 GFLOPs of every figure in table 2 except
 * Inception-ResNet-v2's, for the networks as released (`layout=timm-legacy`).
 */
export type MacConvention = "layers" | "paper";

/** Counts the multiply-accumulates for one image. */
export function countMacs(network: Network, convention: MacConvention = "layers"): number {
  let count = 0;
  for (const [{ op, shape }, inputs] of nodesWithInputs(network)) {
    const rule = ruleOf(op);
    count += rule.macs(op, inputs, shape);
    if (convention === "paper") count += rule.elementOps(op, inputs, shape);
  }
  return count;
}

/**
 * Counts the bytes read and written if every node reads its inputs and parameters
 * from memory and writes its output there; fusion and caches can only lower that.
 *
 * @param options.batch The images in one run, default 1. Parameters are read once for all images.
 * @param options.bytesPerValue The bytes of one value, default 4 (float32).
 */
export function bytesMoved(
  network: Network,
  options: { batch?: number; bytesPerValue?: number } = {},
): number {
  const { batch = 1, bytesPerValue = 4 } = options;
  let values = 0;
  for (const [node, inputs] of nodesWithInputs(network)) {
    if (!ruleOf(node.op).movesData) continue;
    const maps = [node.shape, ...inputs].reduce((sum, shape) => sum + elementCount(shape), 0);
    const parameters = Object.values(node.parameters).reduce(
      (sum, { shape }) => sum + elementCount(shape),
      0,
    );
    values += batch * maps + parameters;
  }
  return values * bytesPerValue;
}
