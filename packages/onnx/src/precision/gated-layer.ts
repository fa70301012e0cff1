import type { GatedConv2d, Op } from "@sebench/spec";
import { type Operators, type Site, windowOf } from "../graph/operators.ts";
import { int } from "../proto/attribute.ts";
import { int64Tensor } from "../proto/tensor-proto.ts";
import { quantised, scaleName, zeroPointName } from "./integer-names.ts";

/** Whether a convolution's outputs are scaled by a gate. */
export const isGated = (op: Op): op is GatedConv2d =>
  op.kind === "gatedConv2d" && op.scales !== "inputs";

/** The name of the scales of a gated layer's weights, one for each output channel, without the gate. */
export const ungatedScale = (node: string) => `${node}/gate/ungated-scale`;
/** The name of the zero points of the gate, one for each output channel. */
export const gateZeroPoints = (node: string) => `${node}/gate/zero-points`;

/** The names of the values that a gated layer reads. */
export interface GatedInputs {
  /** The value that is convolved, which has integers. */
  readonly map: string;
  /** The gate: its integers, or its floats where it has none. */
  readonly gate: string;
  readonly isGateQuantised: boolean;
}

/**
 * Writes a convolution of one image whose outputs a gate scales, from integers to integers. The gate
 * multiplies the scales of the weights, one for each output channel: `(s d) q = s (d q)`. The integers
 * stay as they are, and with them the bias, which the kernel adds before it scales. So neither a
 * product of the size of the map nor one of the size of the weights is left. A gate in integers is
 * dequantised by scales that hold those of the weights already.
 *
 * It is a QLinearConv, since onnxruntime makes none of an integer weight whose scale is computed. The
 * gate is squeezed and not reshaped, since the engine takes its transpositions through a Squeeze.
 */
export function gatedLayer(
  site: Site,
  op: GatedConv2d,
  { map, gate, isGateQuantised }: GatedInputs,
): Operators {
  const { name, parameters } = site.node;
  const [weight, bias] = [parameters.weight!.name, parameters.bias!.name];
  const [row, scale] = [`${name}/gate/row`, `${name}/gate/scale`];
  const axes = int64Tensor(`${row}/axes`, [0, 2, 3]);
  const of = (value: string) => [scaleName(value), zeroPointName(value)];
  const weights = [weight, scale, zeroPointName(weight)];
  const product = isGateQuantised
    ? {
        opType: "DequantizeLinear",
        input: [row, ungatedScale(name), gateZeroPoints(name)],
        attribute: [int("axis", 0)],
      }
    : { opType: "Mul", input: [row, ungatedScale(name)] };
  return {
    nodes: [
      { name: row, opType: "Squeeze", input: [gate, axes.name!], output: [row] },
      { name: scale, ...product, output: [scale] },
      {
        name,
        opType: "QLinearConv",
        input: [quantised(map), ...of(map), ...weights, ...of(site.output), bias],
        output: [quantised(site.output)],
        attribute: [...windowOf(op, op.pads), int("group", op.groups)],
      },
    ],
    constants: [axes],
  };
}
