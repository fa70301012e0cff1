import { type Conv2d, type Dense, elementCount } from "@sebench/spec";
import { activations } from "../flat/schema.ts";
import type { Value } from "./graph-writer.ts";
import { inputMapOf, inputOf, outputOf, parameterOf, type Site } from "./site.ts";
import { padded, strides } from "./windows.ts";

/** The first version of CONV_2D that takes groups. */
const groupedVersion = 6;

export function writeConv2d(site: Site, op: Conv2d): Value {
  const [inChannels] = inputMapOf(site);
  const { outChannels, groups, kernel } = op;
  const filter = { outChannels, groups, kernel, inPerGroup: inChannels / groups };
  if (groups === inChannels && groups > 1) return writeDepthwise(site, op, filter);
  const inGroups = groups > 1 && (site.grouped === "grouped" || isByFours(filter));
  const arrange = groups > 1 && !inGroups ? withoutGroups : channelsLast;
  const shape = [outChannels, ...kernel, inGroups ? filter.inPerGroup : inChannels];
  const { map, padding } = padded(site, op, op.pads);
  return site.writer.call(
    "CONV_2D",
    [map, weightOf(site, shape, (source) => arrange(source, filter)), biasOf(site, outChannels)],
    outputOf(site),
    { ...strides(op, padding), ...undilated, activation: activations[site.activation] },
    inGroups ? groupedVersion : 1,
  );
}

/** Whether a group's inputs and outputs are multiples of four, which the kernels of GPUs rely on. */
function isByFours({ inPerGroup, outChannels, groups }: FilterShape): boolean {
  return inPerGroup % 4 === 0 && (outChannels / groups) % 4 === 0;
}

function writeDepthwise(site: Site, op: Conv2d, filter: FilterShape): Value {
  const { outChannels, groups, kernel } = filter;
  const weight = weightOf(site, [1, ...kernel, outChannels], (source) => depthwise(source, filter));
  const { map, padding } = padded(site, op, op.pads);
  return site.writer.call(
    "DEPTHWISE_CONV_2D",
    [map, weight, biasOf(site, outChannels)],
    outputOf(site),
    {
      ...strides(op, padding),
      ...undilated,
      multiplier: outChannels / groups,
      activation: activations[site.activation],
    },
  );
}

const undilated = { dilationW: 1, dilationH: 1 };

export function writeDense(site: Site, { units }: Dense): Value {
  const [length] = site.inputShapes[0]!;
  return site.writer.call(
    "FULLY_CONNECTED",
    [inputOf(site), weightOf(site, [units, length], (source) => source), biasOf(site, units)],
    outputOf(site),
    { activation: activations[site.activation] },
  );
}

function weightOf(
  site: Site,
  shape: readonly number[],
  arrange: (source: Float32Array) => Float32Array,
): Value {
  const { name } = site.node.parameters.weight!;
  const values = () => arrange(parameterOf(site, "weight"));
  const add = site.precision === "fp16" ? "halves" : "floats";
  return site.writer[add](name, shape, values);
}

/** The bias, of zeros where the layer has none: LiteRT.js runs no CONV_2D without. */
function biasOf(site: Site, length: number): Value {
  const { bias, weight } = site.node.parameters;
  const name = bias?.name ?? `${weight!.name}/no-bias`;
  const values = () =>
    bias ? parameterOf(site, "bias") : new Float32Array(elementCount([length]));
  return site.writer.floats(name, [length], values);
}

/** The shape of a filter in the network: `[out, in / groups, height, width]`. */
interface FilterShape {
  readonly outChannels: number;
  readonly inPerGroup: number;
  readonly groups: number;
  readonly kernel: readonly [height: number, width: number];
}

/** Arranges a filter as `[out, height, width, in / groups]`, as CONV_2D takes it. */
function channelsLast(source: Float32Array, filter: FilterShape): Float32Array {
  const { inPerGroup, kernel } = filter;
  const cells = kernel[0] * kernel[1];
  if (cells === 1 || inPerGroup === 1) return source;
  const target = new Float32Array(source.length);
  const size = cells * inPerGroup;
  for (let start = 0; start < source.length; start += size) {
    for (let channel = 0; channel < inPerGroup; channel++) {
      const from = start + channel * cells;
      for (let cell = 0; cell < cells; cell++) {
        target[start + cell * inPerGroup + channel] = source[from + cell]!;
      }
    }
  }
  return target;
}

/** Arranges the filter of a depthwise convolution as `[1, height, width, out]`. */
function depthwise(source: Float32Array, { outChannels, kernel }: FilterShape): Float32Array {
  const cells = kernel[0] * kernel[1];
  const target = new Float32Array(source.length);
  for (let channel = 0; channel < outChannels; channel++) {
    for (let cell = 0; cell < cells; cell++) {
      target[cell * outChannels + channel] = source[channel * cells + cell]!;
    }
  }
  return target;
}

/** Arranges a filter in groups as `[out, height, width, in]`, zero between the groups. */
function withoutGroups(source: Float32Array, filter: FilterShape): Float32Array {
  const { outChannels, inPerGroup, groups, kernel } = filter;
  const cells = outChannels * kernel[0] * kernel[1];
  const inChannels = inPerGroup * groups;
  const arranged = channelsLast(source, filter);
  const target = new Float32Array(cells * inChannels);
  for (let cell = 0; cell < cells; cell++) {
    const group = Math.floor((cell * groups) / cells);
    const own = arranged.subarray(cell * inPerGroup, (cell + 1) * inPerGroup);
    target.set(own, cell * inChannels + group * inPerGroup);
  }
  return target;
}
