import type { LoweredNetwork } from "@sebench/lowering";
import { checkWeights, foldBatchNorm } from "@sebench/weights";
import { int } from "./proto/attribute.ts";
import { fp32Notation } from "./precision/float-notation.ts";
import { floatValue, graphOf } from "./graph/graph.ts";
import type { onnx } from "./proto/onnx-proto.js";
import { valueName } from "./graph/notation.ts";
import { writeNetwork } from "./write-network.ts";

/** A model that tells the range of every node's output for one image. */
export interface RangesModel {
  readonly bytes: Uint8Array;
  /** The names of each node's two outputs, each of one number: the least and the greatest value. */
  readonly outputs: ReadonlyMap<string, readonly [least: string, greatest: string]>;
}

/** Writes the fp32 model, batch norms folded, that tells the ranges which `encodeOnnx` takes for int8. */
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

/** An operator that reduces a value over all axes to one number. */
function reduction(opType: string, value: string, output: string): onnx.NodeProto.$Properties {
  return {
    name: output,
    opType,
    input: [value],
    output: [output],
    attribute: [int("keepdims", 0)],
  };
}
