import { type Dim, numberOf, numbersOf, stringOf } from "../graph/model.ts";
import { type ShapeRule, shapeSlice } from "./access.ts";
import { axisOf, broadcast, length } from "./dims.ts";
import {
  concat,
  split,
  reshape,
  flatten,
  transpose,
  squeeze,
  unsqueeze,
  expand,
  gather,
  slice,
  padding,
  tile,
} from "./form-rules.ts";
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

/** Space laid out over the batch, for a dilated window (1), or back (-1); as tfjs has it, channels last. */
const spaceToBatch: (way: 1 | -1) => ShapeRule = (way) => (site) => {
  const map = site.dims(0);
  const [blocks, pads] = [numbersOf(site.node, "blocks"), numbersOf(site.node, "pads")];
  if (map === null || blocks === null) return [null];
  const times = (dim: Dim, by: number) => (typeof dim === "number" ? length(dim * by) : null);
  return [
    map.map((dim, axis) => {
      const block = blocks[axis - 1];
      if (axis === 0) return times(dim, blocks.reduce((all, each) => all * each, 1) ** way);
      if (block === undefined) return dim;
      // Paddings are often computed by nodes before, and then not known here.
      if (typeof dim !== "number" || pads?.length !== 2 * blocks.length) return null;
      const added = pads[2 * axis - 2]! + pads[2 * axis - 1]!;
      return length(way === 1 ? (dim + added) / block : dim * block - added);
    }),
  ];
};

/** The lengths that two branches, one of which runs, have in common. */
const agreed: ShapeRule = (site) => {
  const branches = site.node.inputs.map((_, input) => site.dims(input));
  const [first] = branches;
  if (!first || branches.some((dims) => dims?.length !== first.length)) return [null];
  return [first.map((dim, axis) => (branches.every((dims) => dims![axis] === dim) ? dim : null))];
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
  ...table("tfjs:Merge", agreed),
  ...table("tfjs:SpaceToBatchND", spaceToBatch(1)),
  ...table("tfjs:BatchToSpaceND", spaceToBatch(-1)),
]);
