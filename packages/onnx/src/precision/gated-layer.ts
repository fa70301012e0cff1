import type { GatedConv2d, Op } from "@sebench/spec";
import { type Operators, type Site, windowOf } from "../graph/operators.ts";
import { int } from "../proto/attribute.ts";
import type { onnx } from "../proto/onnx-proto.js";
import { int64Tensor } from "../proto/tensor-proto.ts";
import { quantised, scaleName, zeroPointName } from "./integer-names.ts";

/** Whether a convolution's outputs are scaled by a gate. */
export const isGated = (op: Op): op is GatedConv2d =>
  op.kind === "gatedConv2d" && op.scales !== "inputs";

/**
 * Writes a convolution of one image whose outputs a gate scales, from integers to integers. The gate
 * multiplies the scales of the weights, one for each output channel: `(s d) q = s (d q)`. The integers
 * stay as they are, and with them the bias, which the kernel adds before it scales. So neither a
 * product of the size of the map nor one of the size of the weights is left.
 *
 * It is a QLinearConv, since onnxruntime makes none of an integer weight whose scale is computed.
 *
 * @param map the name of the value that is convolved, which has integers
 */
export function gatedLayer(site: Site, op: GatedConv2d, map: string): Operators {
  const { name, parameters } = site.node;
  const [weight, bias] = [parameters.weight!.name, parameters.bias!.name];
  const row = `${name}/gate/row`;
  const shape = int64Tensor(`${row}/shape`, [op.outChannels]);
  const scale = `${name}/gate/scale`;
  const of = (value: string) => [scaleName(value), zeroPointName(value)];
  const weights = [weight, scale, zeroPointName(weight)];
  const nodes: onnx.NodeProto.$Properties[] = [
    { name: row, opType: "Reshape", input: [site.inputs[1]!, shape.name!], output: [row] },
    { name: scale, opType: "Mul", input: [scaleName(weight), row], output: [scale] },
    {
      name,
      opType: "QLinearConv",
      input: [quantised(map), ...of(map), ...weights, ...of(site.output), bias],
      output: [quantised(site.output)],
      attribute: [...windowOf(op, op.pads), int("group", op.groups)],
    },
  ];
  return { nodes, constants: [shape] };
}
