import type { LoweredNetwork } from "@sebench/lowering";
import { checkWeights, foldBatchNorm } from "@sebench/weights";
import { int } from "./attribute.ts";
import { fp32Notation } from "./float-notation.ts";
import { floatValue, graphOf } from "./graph.ts";
import type { onnx } from "./onnx-proto.js";
import { valueName } from "./value-name.ts";
import { writeNetwork } from "./write-network.ts";

/** A model that tells, for one image, what every node's output ranges over. */
export interface RangesModel {
  readonly bytes: Uint8Array;
  /** Of each node, the model's outputs, each one number: the least value, and the greatest. */
  readonly outputs: ReadonlyMap<string, readonly [least: string, greatest: string]>;
}

/** In fp32, with batch norms folded: the ranges that `encodeOnnx` takes for int8. */
export function encodeRangesModel(lowered: LoweredNetwork): RangesModel {
  checkWeights(lowered.network, lowered.weights);
  const { network, weights } = foldBatchNorm(lowered.network, lowered.weights);
  const notation = fp32Notation(network);
  const { proto, constants } = graphOf(network, 1, notation);
  const outputs = new Map<string, readonly [string, string]>();
  const node = [...proto.node!];
  const output = [...proto.output!];
  for (const { name } of network.nodes) {
    const value = valueName(network, name);
    const [least, greatest] = [`${value}/least`, `${value}/greatest`];
    outputs.set(name, [least, greatest]);
    node.push(reduction("ReduceMin", value, least), reduction("ReduceMax", value, greatest));
    output.push(floatValue(least, []), floatValue(greatest, []));
  }
  const graph = { proto: { ...proto, node, output }, constants };
  const description = { lowered, folded: true, precision: "fp32" } as const;
  return { bytes: writeNetwork(description, graph, notation, weights), outputs };
}

/** Over all axes, to a scalar. */
function reduction(opType: string, value: string, output: string): onnx.NodeProto.$Properties {
  return {
    name: output,
    opType,
    input: [value],
    output: [output],
    attribute: [int("keepdims", 0)],
  };
}
