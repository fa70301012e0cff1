import type { Network } from "./network.ts";
import { ruleOf } from "./op-table.ts";
import { nodesWithInputs, parametersOf } from "./query.ts";
import { elementCount } from "./shape.ts";

/** Trainable parameters: a batch norm's running statistics do not count. */
export function countParameters(network: Network): number {
  let count = 0;
  for (const { slot, shape } of parametersOf(network)) {
    if (slot !== "mean" && slot !== "variance") count += elementCount(shape);
  }
  return count;
}

/**
 * `layers`: multiply-accumulates of the convolutions and dense layers. `paper`:
 * also one for each element of a residual sum and of SE's scaling. The paper
 * ("GFLOPs") does not state its rule; this one comes within 0.012 GFLOPs of each
 * figure in table 2 but Inception-ResNet-v2's, for the networks as released
 * (`layout=timm-legacy`).
 */
export type MacConvention = "layers" | "paper";

/** Multiply-accumulates for one image. */
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
 * Bytes read and written if every node reads its inputs and parameters from
 * memory and writes its output there: what fusion and caches can only lower.
 *
 * @param options.batch Images in one run; default 1. Parameters are read once for all.
 * @param options.bytesPerValue Default 4, float32.
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
