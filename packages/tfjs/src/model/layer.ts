import type { Size } from "@sebench/spec";
import type { KernelWriter } from "./kernel-writer.ts";
import type { TfjsPad } from "./padding.ts";
import type { FusedActivation, Site } from "./site.ts";

/** A layer with weights; names of values and constants. */
export interface Layer {
  readonly x: string;
  /** Its filter or matrix. */
  readonly weight: string;
  readonly bias: string | null;
  readonly activation: FusedActivation | null;
}

/** How a filter goes over a map. */
export interface Sliding {
  readonly stride: Size;
  readonly pad: TfjsPad;
}

/** A convolution with a filter `[height, width, in, out]`. */
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

/** A depthwise convolution with a filter `[height, width, in, multiplier]`. */
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

/** A product of the rows `[1, rows, in]` with a matrix `[1, in, out]`. */
export function writeProduct({ forms }: Site, layer: Layer, writer: KernelWriter): string {
  const inputs = { a: layer.x, b: layer.weight };
  const attributes = { transposeA: false, transposeB: false };
  return forms.fusion === "fused"
    ? writer.call("_FusedMatMul", { ...inputs, ...biasOf(layer) }, fused(attributes, layer))
    : writeRest(layer, writer.call("BatchMatMul", inputs, attributes), writer);
}

/** What is done with a layer's product, where its kernel does not take it along. */
export function writeRest(
  { bias, activation }: Pick<Layer, "bias" | "activation">,
  product: string,
  writer: KernelWriter,
): string {
  const x = bias === null ? product : writer.call("Add", { a: product, b: bias }, {});
  switch (activation) {
    case "relu":
      return writer.call("Relu", { x }, {});
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
