import type { Conv2d, Dense, GatedConv2d } from "@sebench/spec";
import { denseFilter, depthwiseFilter, type FilterShape } from "./filter-layout.ts";
import { writeGrouped } from "./grouped-convolution.ts";
import type { KernelWriter } from "./kernel-writer.ts";
import { type Sliding, writeConvolution, writeDepthwise, writeProduct } from "./layer.ts";
import { tfjsPad } from "./padding.ts";
import { asItIs, writeBias, writeParameter } from "./parameter.ts";
import { inputMapOf, inputOf, type Site } from "./site.ts";

export function writeConv2d(site: Site, op: Conv2d, writer: KernelWriter): string {
  const input = inputMapOf(site);
  const { outChannels, groups, kernel, stride } = op;
  const filter = { inChannels: input[0], outChannels, groups, kernel };
  const sliding = { stride, pad: tfjsPad(op, op.pads, input) };
  if (groups === 1) return writePlain(site, filter, sliding, writer);
  if (groups === filter.inChannels) return writeOneByOne(site, filter, sliding, writer);
  return writeGrouped(site, filter, sliding, writer);
}

/** The gate scales filter and bias; groups become one dense filter, zero between them. */
export function writeGatedConv2d(site: Site, op: GatedConv2d, writer: KernelWriter): string {
  const input = inputMapOf(site);
  const { outChannels, groups, kernel, stride } = op;
  const filter = { inChannels: input[0], outChannels, groups, kernel };
  const shape = [...kernel, input[0], outChannels];
  const [x, gate] = site.inputs as [string, string];
  const vector = writer.call("Reshape", { x: gate }, { shape: [outChannels] });
  const gated = (a: string) => writer.call("Multiply", { a, b: vector }, {});
  const layer = {
    x,
    weight: gated(writeParameter(site, "weight", shape, denseFilter(filter), writer)),
    bias: gated(writeParameter(site, "bias", [outChannels], asItIs, writer)),
    activation: site.activation,
  };
  return writeConvolution(site, layer, { stride, pad: tfjsPad(op, op.pads, input) }, writer);
}

export function writeDense(site: Site, { units }: Dense, writer: KernelWriter): string {
  const [inChannels] = inputMapOf(site);
  const filter: FilterShape = { inChannels, outChannels: units, groups: 1, kernel: [1, 1] };
  if (site.forms.dense === "conv") {
    return writePlain(site, filter, { stride: [1, 1], pad: "valid" }, writer);
  }
  const matrix = [1, inChannels, units];
  const weight = writeParameter(site, "weight", matrix, denseFilter(filter), writer);
  const bias = writeBias(site, 0, units, writer);
  return writeProduct(
    site,
    { x: inputOf(site), weight, bias, activation: site.activation },
    writer,
  );
}

function writePlain(site: Site, filter: FilterShape, sliding: Sliding, writer: KernelWriter) {
  const { kernel, inChannels, outChannels } = filter;
  const shape = [...kernel, inChannels, outChannels];
  const weight = writeParameter(site, "weight", shape, denseFilter(filter), writer);
  const bias = writeBias(site, 0, outChannels, writer);
  const layer = { x: inputOf(site), weight, bias, activation: site.activation };
  return writeConvolution(site, layer, sliding, writer);
}

/** A depthwise convolution, in which each channel is a group. */
function writeOneByOne(site: Site, filter: FilterShape, sliding: Sliding, writer: KernelWriter) {
  const { kernel, inChannels, outChannels } = filter;
  const shape = [...kernel, inChannels, outChannels / inChannels];
  const weight = writeParameter(site, "weight", shape, depthwiseFilter(filter), writer);
  const bias = writeBias(site, 0, outChannels, writer);
  const layer = { x: inputOf(site), weight, bias, activation: site.activation };
  return writeDepthwise(site, layer, sliding, writer);
}
