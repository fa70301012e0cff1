import { type Dim, type Dims, numberOf, numbersOf } from "../graph/model.ts";
import type { ShapeRule } from "./access.ts";
import { axisOf, broadcast, length, productOf } from "./dims.ts";

export const concat: ShapeRule = (site) => {
  const shapes = site.node.inputs.map((_, input) => site.dims(input));
  const [first] = shapes;
  if (!first || shapes.some((shape) => shape?.length !== first.length)) return [null];
  const axis = axisOf(numberOf(site.node, "axis", 1), first.length);
  const lengths = shapes.map((shape) => shape![axis] ?? null);
  const sum = lengths.every((dim) => typeof dim === "number")
    ? length((lengths as number[]).reduce((all, dim) => all + dim, 0))
    : null;
  const at = (place: number): Dim =>
    (shapes as Dims[]).map((shape) => shape[place]!).find((dim) => typeof dim === "number") ??
    first[place]!;
  return [first.map((_, place) => (place === axis ? sum : at(place)))];
};

export const split: ShapeRule = (site) => {
  const map = site.dims(0);
  const { outputs } = site.node;
  if (map === null) return outputs.map(() => null);
  const axis = axisOf(numberOf(site.node, "axis", 0), map.length);
  const sizes = site.given("split", 1);
  const whole = map[axis];
  const part = typeof whole === "number" ? Math.ceil(whole / outputs.length) : null;
  return outputs.map((_, index) => {
    const isLast = index === outputs.length - 1;
    const even = part === null ? null : isLast ? (whole as number) - part * index : part;
    return map.with(axis, sizes?.[index] ?? (even === null ? null : length(even)));
  });
};

export const reshape: ShapeRule = (site) => {
  const map = site.dims(0);
  const asked = numbersOf(site.node, "shape") ?? site.numbers(1);
  if (asked === null) return [null];
  const zeroIsZero = numberOf(site.node, "allowzero", 0) === 1;
  const shape = asked.map((dim, axis) => (dim === 0 && !zeroIsZero ? (map?.[axis] ?? null) : dim));
  const open = shape.indexOf(-1);
  if (open === -1) return [shape];
  const rest = restOf(map, shape.toSpliced(open, 1));
  return [shape.with(open, rest)];
};

/** What is left for the axis that a Reshape leaves open; free lengths on both sides cancel out. */
function restOf(map: Dims | null, others: Dims): Dim {
  if (map === null) return null;
  const left = [...map];
  const divisors: Dim[] = [];
  for (const dim of others) {
    const same = typeof dim === "string" ? left.indexOf(dim) : -1;
    if (same === -1) divisors.push(dim);
    else left.splice(same, 1);
  }
  const free = left.filter((dim) => typeof dim !== "number");
  const divisor = productOf(divisors);
  if (free.length === 1 && divisor === productOf(left.filter((dim) => typeof dim === "number"))) {
    return free[0]!;
  }
  const product = productOf(left);
  return product === null || !divisor ? null : length(product / divisor);
}

export const flatten: ShapeRule = (site) => {
  const map = site.dims(0);
  if (map === null) return [null];
  const axis = axisOf(numberOf(site.node, "axis", 1), map.length);
  const joined = (dims: Dims): Dim => {
    const rest = dims.filter((dim) => dim !== 1);
    return rest.length === 1 ? rest[0]! : productOf(dims);
  };
  return [[joined(map.slice(0, axis)), joined(map.slice(axis))]];
};

export const transpose: ShapeRule = (site) => {
  const map = site.dims(0);
  if (map === null) return [null];
  const order = numbersOf(site.node, "perm") ?? map.map((_, axis) => map.length - 1 - axis);
  return [order.map((axis) => map[axis] ?? null)];
};

export const squeeze: ShapeRule = (site) => {
  const map = site.dims(0);
  const given = site.given("axes", 1);
  if (map === null || (given === null && site.node.inputs[1])) return [null];
  if (given === null) return [map.every((dim) => dim !== null) ? map.filter((d) => d !== 1) : null];
  const axes = new Set(given.map((axis) => axisOf(axis, map.length)));
  return [map.filter((_, axis) => !axes.has(axis))];
};

export const unsqueeze: ShapeRule = (site) => {
  const map = site.dims(0);
  const given = site.given("axes", 1);
  if (map === null || given === null) return [null];
  const axes = map.length + given.length;
  const added = new Set(given.map((axis) => axisOf(axis, axes)));
  if (added.size !== given.length || axes > 64) return [null];
  let next = 0;
  return [Array.from({ length: axes }, (_, axis) => (added.has(axis) ? 1 : (map[next++] ?? null)))];
};

export const expand: ShapeRule = (site) => {
  const [map, asked] = [site.dims(0), site.numbers(1)];
  return [map === null || asked === null ? null : broadcast(map, asked)];
};

export const gather: ShapeRule = (site) => {
  const [map, indices] = [site.dims(0), site.dims(1)];
  if (map === null || indices === null) return [null];
  const axis = axisOf(numberOf(site.node, "axis", 0), map.length);
  return [[...map.slice(0, axis), ...indices, ...map.slice(axis + 1)]];
};

export const slice: ShapeRule = (site) => {
  const map = site.dims(0);
  const [starts, ends] = [site.given("starts", 1), site.given("ends", 2)];
  if (map === null) return [null];
  const axes =
    site.given("axes", 3) ?? (site.node.inputs[3] ? null : (starts?.map((_, a) => a) ?? null));
  if (axes === null || starts === null || ends === null) return [map.map(() => null)];
  const steps = site.node.inputs[4] ? site.given("steps", 4) : axes.map(() => 1);
  const shape = [...map];
  for (const [at, axis] of axes.entries()) {
    const place = axisOf(axis, map.length);
    const [dim, step] = [map[place], steps?.[at] ?? null];
    const isKnown = typeof dim === "number" && step !== null && step !== 0;
    const isAll = starts[at] === 0 && ends[at]! > 2 ** 30 && step === 1;
    if (!isAll) shape[place] = isKnown ? sliced(dim, starts[at]!, ends[at]!, step) : null;
  }
  return [shape];
};

function sliced(dim: number, start: number, end: number, step: number): Dim {
  return length(sliceOf(dim, start, end, step).count);
}

/** The first index that a slice takes along an axis, and how many it takes. */
export function sliceOf(
  dim: number,
  start: number,
  end: number,
  step: number,
): { readonly from: number; readonly count: number } {
  const [low, high] = step > 0 ? [0, dim] : [-1, dim - 1];
  const within = (at: number) => Math.min(high, Math.max(low, at < 0 ? at + dim : at));
  const from = within(start);
  return { from, count: Math.max(0, Math.ceil((within(end) - from) / step)) };
}

export const padding: ShapeRule = (site) => {
  const map = site.dims(0);
  const pads = site.given("pads", 1) ?? numbersOf(site.node, "paddings");
  if (map === null || pads?.length !== 2 * map.length) return [map?.map(() => null) ?? null];
  return [
    map.map((dim, axis) => {
      const added = pads[axis]! + pads[axis + map.length]!;
      return added === 0 ? dim : typeof dim === "number" ? length(dim + added) : null;
    }),
  ];
};

export const tile: ShapeRule = (site) => {
  const [map, times] = [site.dims(0), site.numbers(1)];
  if (map === null || times?.length !== map.length) return [null];
  return [map.map((dim, axis) => (times[axis] === 1 ? dim : productOf([dim, times[axis]!])))];
};
