import { type Dim, type Dims, numberOf, numbersOf, stringOf } from "../graph/model.ts";
import { type ShapeRule, shapeSlice } from "./access.ts";
import { axisOf, broadcast, length, productOf } from "./dims.ts";
import {
  convolution,
  globalPooling,
  pooling,
  resizing,
  transposedConvolution,
} from "./window-rules.ts";

/** Every output has the shape of the first input. */
const alike: ShapeRule = (site) => [site.dims(0)];

const elementwise: ShapeRule = (site) => {
  let shape = site.dims(0);
  for (let input = 1; input < site.node.inputs.length && shape !== null; input++) {
    const other = site.dims(input);
    shape = other === null ? null : broadcast(shape, other);
  }
  return [shape];
};

const gemm: ShapeRule = (site) => {
  const [a, b] = [site.dims(0), site.dims(1)];
  if (a?.length !== 2 || b?.length !== 2) return [null];
  const rows = a[numberOf(site.node, "transA", 0) === 1 ? 1 : 0]!;
  return [[rows, b[numberOf(site.node, "transB", 0) === 1 ? 0 : 1]!]];
};

/** The product of matrices, the second of which is an input: the second, or the fourth in integers. */
function matmul(secondAt: number): ShapeRule {
  return (site) => {
    const [a, b] = [site.dims(0), site.dims(secondAt)];
    if (a === null || b === null || a.length === 0 || b.length === 0) return [null];
    const stack = broadcast(a.slice(0, -2), b.slice(0, -2));
    if (stack === null) return [null];
    const rows = a.length > 1 ? [a.at(-2)!] : [];
    const columns = b.length > 1 ? [b.at(-1)!] : [];
    return [[...stack, ...rows, ...columns]];
  };
}

const reduction: ShapeRule = (site) => {
  const map = site.dims(0);
  const given = site.given("axes", 1);
  if (map === null || (given === null && site.node.inputs[1])) return [null];
  const keep = numberOf(site.node, "keepdims", 1) === 1;
  const isNothing = given?.length === 0 || given === null;
  if (isNothing && numberOf(site.node, "noop_with_empty_axes", 0) === 1) return [map];
  const axes = new Set(
    isNothing ? map.map((_, axis) => axis) : given.map((axis) => axisOf(axis, map.length)),
  );
  if (keep) return [map.map((dim, axis) => (axes.has(axis) ? 1 : dim))];
  return [map.filter((_, axis) => !axes.has(axis))];
};

const concat: ShapeRule = (site) => {
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

const split: ShapeRule = (site) => {
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

const reshape: ShapeRule = (site) => {
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

const flatten: ShapeRule = (site) => {
  const map = site.dims(0);
  if (map === null) return [null];
  const axis = axisOf(numberOf(site.node, "axis", 1), map.length);
  const joined = (dims: Dims): Dim => {
    const rest = dims.filter((dim) => dim !== 1);
    return rest.length === 1 ? rest[0]! : productOf(dims);
  };
  return [[joined(map.slice(0, axis)), joined(map.slice(axis))]];
};

const transpose: ShapeRule = (site) => {
  const map = site.dims(0);
  if (map === null) return [null];
  const order = numbersOf(site.node, "perm") ?? map.map((_, axis) => map.length - 1 - axis);
  return [order.map((axis) => map[axis] ?? null)];
};

const squeeze: ShapeRule = (site) => {
  const map = site.dims(0);
  const given = site.given("axes", 1);
  if (map === null || (given === null && site.node.inputs[1])) return [null];
  if (given === null) return [map.every((dim) => dim !== null) ? map.filter((d) => d !== 1) : null];
  const axes = new Set(given.map((axis) => axisOf(axis, map.length)));
  return [map.filter((_, axis) => !axes.has(axis))];
};

const unsqueeze: ShapeRule = (site) => {
  const map = site.dims(0);
  const given = site.given("axes", 1);
  if (map === null || given === null) return [null];
  const axes = map.length + given.length;
  const added = new Set(given.map((axis) => axisOf(axis, axes)));
  if (added.size !== given.length || axes > 64) return [null];
  let next = 0;
  return [Array.from({ length: axes }, (_, axis) => (added.has(axis) ? 1 : (map[next++] ?? null)))];
};

const expand: ShapeRule = (site) => {
  const [map, asked] = [site.dims(0), site.numbers(1)];
  return [map === null || asked === null ? null : broadcast(map, asked)];
};

const gather: ShapeRule = (site) => {
  const [map, indices] = [site.dims(0), site.dims(1)];
  if (map === null || indices === null) return [null];
  const axis = axisOf(numberOf(site.node, "axis", 0), map.length);
  return [[...map.slice(0, axis), ...indices, ...map.slice(axis + 1)]];
};

const slice: ShapeRule = (site) => {
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
  const [low, high] = step > 0 ? [0, dim] : [-1, dim - 1];
  const within = (at: number) => Math.min(high, Math.max(low, at < 0 ? at + dim : at));
  return length(Math.max(0, Math.ceil((within(end) - within(start)) / step)));
}

const padding: ShapeRule = (site) => {
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

const tile: ShapeRule = (site) => {
  const [map, times] = [site.dims(0), site.numbers(1)];
  if (map === null || times?.length !== map.length) return [null];
  return [map.map((dim, axis) => (times[axis] === 1 ? dim : productOf([dim, times[axis]!])))];
};

const recurrent: ShapeRule = (site) => {
  const sequence = site.dims(0);
  const hidden = numberOf(site.node, "hidden_size", 0);
  const directions = stringOf(site.node, "direction") === "bidirectional" ? 2 : 1;
  if (sequence?.length !== 3 || hidden < 1) return [null];
  const last = [directions, sequence[1]!, hidden];
  return [[sequence[0]!, directions, sequence[1]!, hidden], last, last];
};

const depthToSpace: (factor: 1 | -1) => ShapeRule = (factor) => (site) => {
  const map = site.dims(0);
  const block = numberOf(site.node, "blocksize", 1) ** factor;
  if (map?.length !== 4) return [null];
  const scaled = (dim: Dim, by: number) => (typeof dim === "number" ? length(dim * by) : null);
  const [batch, channels, height, width] = map as [Dim, Dim, Dim, Dim];
  return [[batch, scaled(channels, block ** -2), scaled(height, block), scaled(width, block)]];
};

/** The shape that an input holds as numbers. */
const filled: ShapeRule = (site) => [site.numbers(0)];

const shapeOfShape: ShapeRule = (site) => {
  const map = site.dims(0);
  const value = map === null ? null : shapeSlice(site, map);
  return [value === null ? null : [value.length]];
};

function table(names: string, rule: ShapeRule): [string, ShapeRule][] {
  return names.split(" ").map((name) => [name, rule]);
}

/** The rules of the operators whose shapes are known here; an operator that is not has null. */
export const shapeRules: ReadonlyMap<string, ShapeRule> = new Map([
  ...table(
    "Relu LeakyRelu PRelu Elu Selu Celu ThresholdedRelu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Mish Gelu Swish QuickGelu FastGelu BiasGelu Clip Abs Neg Exp Log Sqrt Reciprocal Floor Ceil Round Sign Erf Sin Cos Tan Asin Acos Atan Sinh Cosh Not IsNaN IsInf Identity Cast CastLike Dropout Softmax LogSoftmax Hardmax BatchNormalization InstanceNormalization LayerNormalization SimplifiedLayerNormalization RMSNormalization GroupNormalization LpNormalization MeanVarianceNormalization LRN QuantizeLinear DequantizeLinear DynamicQuantizeLinear CumSum Bernoulli Trilu QLinearSigmoid QLinearLeakyRelu QLinearSoftmax Shrink ScatterND ScatterElements Scatter RandomNormalLike RandomUniformLike EyeLike ReverseSequence",
    alike,
  ),
  ...table(
    "Add Sub Mul Div Pow Mod Max Min Mean Sum Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Where BitShift BitwiseAnd BitwiseOr BitwiseXor",
    elementwise,
  ),
  ...table("QLinearAdd QLinearMul", (site) => {
    const [one, other] = [site.dims(0), site.dims(3)];
    return [one === null || other === null ? null : broadcast(one, other)];
  }),
  ...table("Conv FusedConv ConvInteger", convolution(1)),
  ...table("QLinearConv", convolution(3)),
  ...table("ConvTranspose", transposedConvolution),
  ...table("MaxPool AveragePool LpPool QLinearAveragePool", pooling),
  ...table("GlobalAveragePool GlobalMaxPool GlobalLpPool QLinearGlobalAveragePool", globalPooling),
  ...table("Resize Upsample", resizing),
  ...table("Gemm FusedGemm", gemm),
  ...table("MatMul MatMulInteger FusedMatMul", matmul(1)),
  ...table("QLinearMatMul", matmul(3)),
  ...table(
    "ReduceMean ReduceMax ReduceMin ReduceSum ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare",
    reduction,
  ),
  ...table("ArgMax ArgMin", (site) => {
    const map = site.dims(0);
    if (map === null) return [null];
    const axis = axisOf(numberOf(site.node, "axis", 0), map.length);
    const keep = numberOf(site.node, "keepdims", 1) === 1;
    return [keep ? map.with(axis, 1) : map.toSpliced(axis, 1)];
  }),
  ...table("Concat", concat),
  ...table("Split", split),
  ...table("Reshape", reshape),
  ...table("Flatten", flatten),
  ...table("Transpose", transpose),
  ...table("Squeeze", squeeze),
  ...table("Unsqueeze", unsqueeze),
  ...table("Expand", expand),
  ...table("Gather", gather),
  ...table("GatherElements", (site) => [site.dims(1)]),
  ...table("Slice", slice),
  ...table("Pad", padding),
  ...table("Tile", tile),
  ...table("LSTM GRU RNN", recurrent),
  ...table("DepthToSpace", depthToSpace(1)),
  ...table("SpaceToDepth", depthToSpace(-1)),
  ...table("ConstantOfShape", filled),
  ...table("Shape", shapeOfShape),
  ...table("Size", () => [[]]),
]);
