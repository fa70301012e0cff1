import { type Conv2d, type Dense, type GatedConv2d, elementCount } from "@sebench/spec";
import { denseFilter, depthwiseFilter, type FilterShape, measuresOf } from "./filter-layout.ts";
import type { GroupedForm } from "./forms.ts";
import type { KernelWriter, Arrange } from "./kernel-writer.ts";
import {
  type Sliding,
  writeConvolution,
  writeDepthwise,
  writeProduct,
  asItIs,
  writeBias,
  writeParameter,
  type Layer,
  writeRest,
} from "./layer.ts";
import { tfjsPad } from "./padding.ts";
import { inputMapOf, inputOf, type Site, tfjsShape } from "./site.ts";

export function writeConv2d(site: Site, op: Conv2d, writer: KernelWriter): string {
  const input = inputMapOf(site);
  const { outChannels, groups, kernel, stride } = op;
  const filter = { inChannels: input[0], outChannels, groups, kernel };
  const sliding = { stride, pad: tfjsPad(op, op.pads, input) };
  if (groups === 1) return writePlain(site, filter, sliding, writer);
  if (groups === filter.inChannels) return writeOneByOne(site, filter, sliding, writer);
  return writeGrouped(site, filter, sliding, writer);
}

/** Writes a gate that scales filter and bias; groups become one dense filter, zero between groups. */
export function writeGatedConv2d(site: Site, op: GatedConv2d, writer: KernelWriter): string {
  const input = inputMapOf(site);
  const { outChannels, groups, kernel, stride } = op;
  const filter = { inChannels: input[0], outChannels, groups, kernel };
  const shape = [...kernel, input[0], outChannels];
  const [x, gate] = site.inputs as [string, string];
  if (op.scales === "inputs")
    return writeInputsGated(site, filter, { stride, pad: tfjsPad(op, op.pads, input) }, writer);
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

/** Writes a gate that scales the filter by its inputs: that of a 1x1 or a depthwise convolution. */
function writeInputsGated(
  site: Site,
  filter: FilterShape,
  sliding: Sliding,
  writer: KernelWriter,
): string {
  const { kernel, inChannels, outChannels, groups } = filter;
  const [x, gate] = site.inputs as [string, string];
  const depthwise = groups === inChannels && groups > 1;
  const shape = [...kernel, inChannels, depthwise ? 1 : outChannels];
  const arrange = depthwise ? depthwiseFilter(filter) : denseFilter(filter);
  const a = writeParameter(site, "weight", shape, arrange, writer);
  const b = writer.call("Reshape", { x: gate }, { shape: [inChannels, 1] });
  const weight = writer.call("Multiply", { a, b }, {});
  const bias = writeParameter(site, "bias", [outChannels], asItIs, writer);
  const layer = { x, weight, bias, activation: site.activation };
  return (depthwise ? writeDepthwise : writeConvolution)(site, layer, sliding, writer);
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

/** Writes a depthwise convolution, in which each channel is a group. */
function writeOneByOne(site: Site, filter: FilterShape, sliding: Sliding, writer: KernelWriter) {
  const { kernel, inChannels, outChannels } = filter;
  const shape = [...kernel, inChannels, outChannels / inChannels];
  const weight = writeParameter(site, "weight", shape, depthwiseFilter(filter), writer);
  const bias = writeBias(site, 0, outChannels, writer);
  const layer = { x: inputOf(site), weight, bias, activation: site.activation };
  return writeDepthwise(site, layer, sliding, writer);
}

type Write = (site: Site, filter: FilterShape, sliding: Sliding, writer: KernelWriter) => string;

/** The way that the contributions of a group's inputs to its outputs are added up. */
interface Reduction {
  /** The factor by which the filter is multiplied beforehand. */
  readonly factor: (inputsPerGroup: number) => number;
  /** Writes the sum of `[pixels, groups, inputs, outputs]`, in any shape, to `[pixels, groups, outputs]`. */
  readonly write: (contributions: string, of: Contributions, writer: KernelWriter) => string;
}

interface Contributions {
  readonly pixels: number;
  readonly groups: number;
  /** The number of inputs of one group. */
  readonly inputs: number;
  /** The number of outputs of one group. */
  readonly outputs: number;
}

const forms: Readonly<Record<GroupedForm, Write>> = {
  split: (site, filter, ...rest) => writeParts(filter.groups, site, filter, ...rest),
  "split-in-8": (site, filter, ...rest) =>
    writeParts(largestDivisor(filter.groups, 8), site, filter, ...rest),
  "block-diagonal": (...all) => writeParts(1, ...all),
  "depthwise-sum": (...all) => writeContributions(bySum, ...all),
  "depthwise-avg-pool": (...all) => writeContributions(byAverage, ...all),
  "depthwise-conv": (...all) => writeContributions(byConvolution, ...all),
};

/** Writes a convolution in groups of more than one channel, in the form that the site asks for. */
const writeGrouped: Write = (site, ...rest) => forms[site.forms.grouped](site, ...rest);

/** Writes dense convolutions of `parts` equal parts of the groups, zero between the groups of a part. */
function writeParts(
  parts: number,
  site: Site,
  filter: FilterShape,
  sliding: Sliding,
  writer: KernelWriter,
): string {
  const [groups, inputs, outputs] = [
    filter.groups / parts,
    filter.inChannels / parts,
    filter.outChannels / parts,
  ];
  const fused = parts === 1 || site.forms.fusion === "fused";
  const made = splitInto(parts, inputOf(site), writer).map((x, part) => {
    const shape = [...filter.kernel, inputs, outputs];
    const arrange = denseFilter(filter, part * groups, groups);
    const layer: Layer = {
      x,
      weight: writeParameter(site, "weight", shape, arrange, writer),
      bias: fused ? writeBias(site, part * outputs, outputs, writer) : null,
      activation: fused ? site.activation : null,
    };
    return writeConvolution(site, layer, sliding, writer);
  });
  if (parts === 1) return made[0]!;
  const whole = writer.call("Concat", made, { axis: 3 });
  if (fused) return whole;
  const bias = writeBias(site, 0, filter.outChannels, writer);
  return writeRest({ bias, activation: site.activation }, whole, writer);
}

function splitInto(parts: number, x: string, writer: KernelWriter): string[] {
  if (parts === 1) return [x];
  return writer.callForMany("SplitV", parts, { x }, { numOrSizeSplits: parts, axis: 3 });
}

/** Writes a depthwise convolution from input to output channels of a group, and a sum over inputs. */
function writeContributions(
  reduction: Reduction,
  site: Site,
  filter: FilterShape,
  sliding: Sliding,
  writer: KernelWriter,
): string {
  const { inPerGroup: inputs, outPerGroup: outputs } = measuresOf(filter);
  const factor = reduction.factor(inputs);
  const shape = [...filter.kernel, filter.inChannels, outputs];
  const arrange = times(factor, depthwiseFilter(filter));
  const weight = writeParameter(site, "weight", shape, arrange, writer);
  const fused = site.forms.fusion === "fused";
  const layer: Layer = {
    x: inputOf(site),
    weight,
    bias: fused ? writeBiasOfFirst(factor, site, filter, writer) : null,
    activation: null,
  };
  const products = writeDepthwise(site, layer, sliding, writer);
  const outShape = tfjsShape(site, site.shape);
  const pixels = elementCount(outShape) / filter.outChannels;
  const of = { pixels, groups: filter.groups, inputs, outputs };
  const x = reduction.write(products, of, writer);
  const whole = writer.call("Reshape", { x }, { shape: outShape });
  const bias = fused ? null : writeBias(site, 0, filter.outChannels, writer);
  return writeRest({ bias, activation: site.activation }, whole, writer);
}

/** The sum by a reduction. */
const bySum: Reduction = {
  factor: () => 1,
  write(products, { pixels, groups, inputs, outputs }, writer) {
    const shape = [pixels, groups, inputs, outputs];
    const x = writer.call("Reshape", { x: products }, { shape });
    return writer.call("Sum", { x }, { axis: [2], keepDims: false });
  },
};

/** The sum as an average of contributions that are larger by the number of inputs. */
const byAverage: Reduction = {
  factor: (inputs) => inputs,
  write(products, { pixels, groups, inputs, outputs }, writer) {
    const shape = [pixels, groups, inputs, outputs];
    const x = writer.call("Reshape", { x: products }, { shape });
    const window: [number, number] = [1, inputs];
    return writer.call("AvgPool", { x }, { filterSize: window, strides: window, pad: "valid" });
  },
};

/** The sum by a 1x1 convolution whose filter has a unit matrix for each input of a group. */
const byConvolution: Reduction = {
  factor: () => 1,
  write(products, { pixels, groups, inputs, outputs }, writer) {
    const shape = [1, pixels, groups, inputs * outputs];
    const x = writer.call("Reshape", { x: products }, { shape });
    const filter = writer.constant([1, 1, inputs * outputs, outputs], null, (_, target) => {
      for (let row = 0; row < inputs * outputs; row++) target[row * outputs + (row % outputs)] = 1;
    });
    return writer.call(
      "Conv2D",
      { x, filter },
      {
        strides: [1, 1],
        pad: "valid",
        dataFormat: "NHWC",
        dilations: [1, 1],
      },
    );
  },
};

/** Writes the bias as the bias of the first input of each group. */
function writeBiasOfFirst(
  factor: number,
  site: Site,
  filter: FilterShape,
  writer: KernelWriter,
): string | null {
  if (!site.parameters.bias) return null;
  const { inPerGroup, outPerGroup } = measuresOf(filter);
  const spread: Arrange = (source, target) => {
    for (let group = 0; group < filter.groups; group++) {
      const own = source.subarray(group * outPerGroup, (group + 1) * outPerGroup);
      target.set(own, group * inPerGroup * outPerGroup);
    }
  };
  const length = filter.inChannels * outPerGroup;
  return writeParameter(site, "bias", [length], times(factor, spread), writer);
}

function times(factor: number, arrange: Arrange): Arrange {
  if (factor === 1) return arrange;
  return (source, target) => {
    arrange(source, target);
    for (let at = 0; at < target.length; at++) target[at]! *= factor;
  };
}

function largestDivisor(value: number, limit: number): number {
  let divisor = Math.min(value, limit);
  while (value % divisor !== 0) divisor--;
  return divisor;
}
