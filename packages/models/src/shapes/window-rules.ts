import { type Dim, type Dims, type Node, numberOf, numbersOf, stringOf } from "../graph/model.ts";
import type { ShapeRule, Site } from "./access.ts";
import { length, productOf } from "./dims.ts";

/** A window that goes over the axes of space. */
interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly auto: string;
  readonly ceil: boolean;
}

function windowOf(node: Node, kernel: readonly number[]): Window {
  const axes = kernel.length;
  const of = (name: string, unless: number, count = axes) => {
    const given = numbersOf(node, name);
    return given?.length === count ? given : Array.from({ length: count }, () => unless);
  };
  return {
    kernel,
    strides: of("strides", 1),
    dilations: of("dilations", 1),
    pads: of("pads", 0, 2 * axes),
    auto: stringOf(node, "auto_pad"),
    ceil: numberOf(node, "ceil_mode", 0) === 1,
  };
}

/** The positions of a window along one axis of space. */
function positions(dim: Dim, window: Window, axis: number): Dim {
  const { kernel, strides, dilations, pads, auto, ceil } = window;
  const [stride, start] = [strides[axis]!, pads[axis]!];
  const reach = dilations[axis]! * (kernel[axis]! - 1) + 1;
  const isSame = auto.startsWith("SAME");
  const padding = isSame || auto === "VALID" ? 0 : start + pads[axis + kernel.length]!;
  if (stride < 1) return null;
  if (typeof dim !== "number")
    return stride === 1 && (isSame || padding === reach - 1) ? dim : null;
  if (isSame) return length(Math.ceil(dim / stride));
  const steps = (dim + padding - reach) / stride;
  if (!ceil) return length(Math.floor(steps) + 1);
  const count = Math.ceil(steps) + 1;
  // No window may start beyond the input and its leading padding.
  return length((count - 1) * stride >= dim + start ? count - 1 : count);
}

/** The kernel of a convolution: an attribute, or else what its weights have. */
function kernelOf(node: Node, weights: Dims | null): readonly number[] | null {
  const given = numbersOf(node, "kernel_shape");
  if (given !== null) return given;
  const space = weights?.slice(2) ?? null;
  return space?.every((dim) => typeof dim === "number") ? (space as readonly number[]) : null;
}

/** A convolution whose weights are an input: the second, or the fourth of one in integers. */
export function convolution(weightsAt: number): ShapeRule {
  return (site) => {
    const [map, weights] = [site.dims(0), site.dims(weightsAt)];
    const kernel = kernelOf(site.node, weights);
    if (map === null || kernel === null || map.length !== kernel.length + 2) return [null];
    const window = windowOf(site.node, kernel);
    const space = map.slice(2).map((dim, axis) => positions(dim, window, axis));
    return [[map[0]!, weights?.[0] ?? null, ...space]];
  };
}

export const transposedConvolution: ShapeRule = (site) => {
  const [map, weights] = [site.dims(0), site.dims(1)];
  const kernel = kernelOf(site.node, weights);
  if (map === null || kernel === null || map.length !== kernel.length + 2) return [null];
  const { strides, dilations, pads, auto } = windowOf(site.node, kernel);
  const added = numbersOf(site.node, "output_padding");
  const asked = numbersOf(site.node, "output_shape");
  const space = map.slice(2).map((dim, axis) => {
    if (asked?.[axis] !== undefined) return length(asked[axis]);
    if (typeof dim !== "number") return null;
    if (auto.startsWith("SAME")) return length(dim * strides[axis]!);
    const reach = dilations[axis]! * (kernel[axis]! - 1) + 1;
    const padding = pads[axis]! + pads[axis + kernel.length]!;
    return length((dim - 1) * strides[axis]! + (added?.[axis] ?? 0) + reach - padding);
  });
  const channels = weights?.[1];
  const groups = numberOf(site.node, "group", 1);
  return [[map[0]!, typeof channels === "number" ? channels * groups : null, ...space]];
};

export const pooling: ShapeRule = (site) => {
  const map = site.dims(0);
  const kernel = numbersOf(site.node, "kernel_shape");
  if (map === null || kernel === null || map.length !== kernel.length + 2) return [null];
  const window = windowOf(site.node, kernel);
  const space = map.slice(2).map((dim, axis) => positions(dim, window, axis));
  const shape = [map[0]!, map[1]!, ...space];
  return site.node.outputs.length > 1 ? [shape, shape] : [shape];
};

export const globalPooling: ShapeRule = (site) => {
  const map = site.dims(0);
  return [map === null ? null : map.map((dim, axis) => (axis < 2 ? dim : 1))];
};

/** Whether a pool's window takes in the whole map, so that it is a squeeze. */
export function isFullWindow(node: Node, map: Dims | null, output: Dims | null): boolean {
  const kernel = numbersOf(node, "kernel_shape");
  if (map === null || kernel === null || output === null) return false;
  const space = map.slice(2);
  return (
    productOf(output.slice(2)) === 1 &&
    space.every((dim, axis) => typeof dim === "number" && kernel[axis]! >= dim)
  );
}

/** The shape of Resize and Upsample: by sizes, or by factors. */
export const resizing: ShapeRule = (site) => {
  const map = site.dims(0);
  if (map === null) return [null];
  const { opset, node } = site;
  const axes = numbersOf(node, "axes") ?? map.map((_, axis) => axis);
  const sizes = opset >= 11 && node.inputs[3] ? site.numbers(3) : null;
  const factors = factorsOf(site);
  if (sizes === null && factors === null) return [map.map((dim, at) => (at < 2 ? dim : null))];
  const shape = [...map];
  for (const [at, axis] of axes.entries()) {
    const dim = map[axis];
    if (dim === undefined) return [null];
    const factor = factors?.[at];
    if (sizes !== null) shape[axis] = sizes[at] ?? null;
    else if (factor === 1) shape[axis] = dim;
    else {
      const isKnown = typeof dim === "number" && typeof factor === "number";
      shape[axis] = isKnown ? length(Math.floor(dim * factor)) : null;
    }
  }
  return [shape];
};

function factorsOf(site: Site): readonly Dim[] | null {
  const { node, opset } = site;
  const attribute = numbersOf(node, "scales");
  if (attribute !== null) return attribute;
  const read = node.op === "Upsample" || opset < 11 ? site.numbers(1) : site.numbers(2);
  return read !== null && read.length > 0 ? read : null;
}
