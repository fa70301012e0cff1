import type { Size, ParameterSlot } from "@sebench/spec";
import type { KernelWriter, Arrange } from "./kernel-writer.ts";
import type { TfjsPad } from "./padding.ts";
import type { FusedActivation, Site } from "./site.ts";

/** A layer with weights, by the names of its values and constants. */
export interface Layer {
  readonly x: string;
  /** The name of the layer's filter or matrix. */
  readonly weight: string;
  readonly bias: string | null;
  readonly activation: FusedActivation | null;
}

/** The way that a filter goes over a map. */
export interface Sliding {
  readonly stride: Size;
  readonly pad: TfjsPad;
}

/** Writes a convolution with a filter `[height, width, in, out]`. */
export function writeConvolution(
  { forms }: Site,
  layer: Layer,
  sliding: Sliding,
  writer: KernelWriter,
): string {
  const inputs = { x: layer.x, filter: layer.weight };
  const attributes = attributesOf(sliding);
  return forms.fusion === "fused"
    ? writer.call("FusedConv2D", { ...inputs, ...biasOf(layer) }, fused(attributes, layer))
    : writeRest(layer, writer.call("Conv2D", inputs, attributes), writer);
}

/** Writes a depthwise convolution with a filter `[height, width, in, multiplier]`. */
export function writeDepthwise(
  { forms }: Site,
  layer: Layer,
  { stride, pad }: Sliding,
  writer: KernelWriter,
): string {
  // libtensorflow has learned explicit pads for depthwise convolutions only lately.
  const apart = forms.pads === "pad" && typeof pad !== "string";
  const x = apart
    ? writer.call("PadV2", { x: layer.x }, { paddings: pad, constantValue: 0 })
    : layer.x;
  const inputs = { x, filter: layer.weight };
  const attributes = attributesOf({ stride, pad: apart ? "valid" : pad });
  return forms.fusion === "fused"
    ? writer.call("FusedDepthwiseConv2D", { ...inputs, ...biasOf(layer) }, fused(attributes, layer))
    : writeRest(layer, writer.call("DepthwiseConv2dNative", inputs, attributes), writer);
}

/** Writes a product of the rows `[1, rows, in]` with a matrix `[1, in, out]`. */
export function writeProduct({ forms }: Site, layer: Layer, writer: KernelWriter): string {
  const inputs = { a: layer.x, b: layer.weight };
  const attributes = { transposeA: false, transposeB: false };
  return forms.fusion === "fused"
    ? writer.call("_FusedMatMul", { ...inputs, ...biasOf(layer) }, fused(attributes, layer))
    : writeRest(layer, writer.call("BatchMatMul", inputs, attributes), writer);
}

/** Writes the bias and the activation of a layer whose kernel does not take them. */
export function writeRest(
  { bias, activation }: Pick<Layer, "bias" | "activation">,
  product: string,
  writer: KernelWriter,
): string {
  const x = bias === null ? product : writer.call("Add", { a: product, b: bias }, {});
  switch (activation) {
    case "relu":
      return writer.call("Relu", { x }, {});
    case "relu6":
      return writer.call("Relu6", { x }, {});
    case "sigmoid":
      return writer.call("Sigmoid", { x }, {});
    case null:
      return x;
  }
}

function attributesOf({ stride, pad }: Sliding) {
  const strides: [number, number] = [...stride];
  const dilations: [number, number] = [1, 1];
  return { strides, pad, dataFormat: "NHWC" as const, dilations };
}

function fused<Attributes>(attributes: Attributes, { activation }: Layer) {
  return { ...attributes, activation: activation ?? ("linear" as const) };
}

function biasOf({ bias }: Layer) {
  return bias === null ? {} : { bias };
}

/** Copies a parameter whose layout is the same in tfjs. */
export const asItIs: Arrange = (source, target) => target.set(source);

/** Writes a constant made of a parameter that the node must have, and returns the constant's name. */
export function writeParameter(
  { parameters }: Site,
  slot: ParameterSlot,
  shape: readonly number[],
  arrange: Arrange,
  writer: KernelWriter,
): string {
  const parameter = parameters[slot];
  if (!parameter) throw new Error(`the node has no ${slot}`);
  return writer.constant(shape, parameter.name, arrange);
}

/** Writes `count` values of the bias, from the value `first`; null if the node has no bias. */
export function writeBias(
  site: Site,
  first: number,
  count: number,
  writer: KernelWriter,
): string | null {
  if (!site.parameters.bias) return null;
  const part: Arrange = (source, target) => target.set(source.subarray(first, first + count));
  return writeParameter(site, "bias", [count], part, writer);
}
