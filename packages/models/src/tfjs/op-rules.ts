import { layerRules, type Lowering, type Rule } from "./lowering.ts";

/** The operators that ONNX has too, by the names of both. */
const alike =
  "Add:Add AddV2:Add BiasAdd:Add AddN:Sum Sub:Sub Mul:Mul RealDiv:Div Div:Div DivNoNan:Div FloorDiv:Div FloorMod:Mod Mod:Mod Pow:Pow Maximum:Max Minimum:Min " +
  "Relu:Relu Elu:Elu Selu:Selu Sigmoid:Sigmoid Tanh:Tanh Softplus:Softplus Softmax:Softmax LogSoftmax:LogSoftmax Prelu:PRelu Abs:Abs Neg:Neg Exp:Exp Log:Log Sqrt:Sqrt Reciprocal:Reciprocal Square:Pow Floor:Floor Ceil:Ceil Round:Round Sign:Sign Erf:Erf Sin:Sin Cos:Cos Tan:Tan " +
  "Equal:Equal Greater:Greater GreaterEqual:GreaterOrEqual Less:Less LessEqual:LessOrEqual LogicalAnd:And LogicalOr:Or LogicalNot:Not Select:Where SelectV2:Where " +
  "Identity:Identity StopGradient:Identity Enter:Identity Exit:Identity NextIteration:Identity PlaceholderWithDefault:Identity Cast:Cast Shape:Shape Size:Size Reshape:Reshape BroadcastTo:Expand Tile:Tile Range:Range FusedBatchNorm:BatchNormalization FusedBatchNormV2:BatchNormalization FusedBatchNormV3:BatchNormalization";

const renamed =
  (op: string): Rule =>
  (at) =>
    at.inputs.length === 0 ? null : [at.emit(op, at.inputs)];

/** A rule of an operator with one map and constants, of which none may be missing. */
const withNumbers =
  (
    places: readonly number[],
    run: (at: Lowering, map: string, ...numbers: (readonly number[])[]) => readonly string[] | null,
  ): Rule =>
  (at) => {
    const numbers = places.map((place) => at.numbers(place));
    const [map] = at.inputs;
    if (map === undefined || numbers.includes(null)) return null;
    return run(at, map, ...(numbers as (readonly number[])[]));
  };

const reduce = (op: string) =>
  withNumbers([1], (at, map, axes) => [
    at.emit(op, [map], { axes, keepdims: Number(at.node.attr["keep_dims"]?.b ?? false) }),
  ]);

/** The axis of a node, from its last input or else its attribute. */
const axisOf = (at: Lowering) => at.numbers(-1)?.[0] ?? 0;

const concat: Rule = (at) =>
  at.numbers(-1)?.length !== 1 || at.inputs.length < 2
    ? null
    : [at.emit("Concat", at.inputs.slice(0, -1), { axis: axisOf(at) })];

const pack: Rule = (at) => {
  const axis = at.node.attr["axis"]?.i ?? 0;
  if (at.inputs.length === 0) return null;
  const parts = at.inputs.map((input) => at.emit("Unsqueeze", [input], { axes: [axis] }));
  return [at.emit("Concat", parts, { axis })];
};

const unpack: Rule = (at) => {
  const axis = at.node.attr["axis"]?.i ?? 0;
  const count = countOf(at, "num");
  if (count === null) return null;
  const parts = at.emitAll("Split", at.inputs.slice(0, 1), { axis }, count);
  return parts.map((part) => at.emit("Squeeze", [part], { axes: [axis] }));
};

/** A split into equal parts, whose axis is the first input. */
const split: Rule = (at) => {
  const [axis] = at.numbers(0) ?? [];
  const count = countOf(at, "num_split");
  if (axis === undefined || count === null || at.inputs.length < 2) return null;
  return at.emitAll("Split", at.inputs.slice(1, 2), { axis }, count);
};

const splitBySizes = withNumbers([1, 2], (at, map, sizes, [axis]) => {
  const isKnown = axis !== undefined && sizes.length > 0 && sizes.every((size) => size >= 0);
  return isKnown ? at.emitAll("Split", [map], { axis, split: sizes }, sizes.length) : null;
});

/** The most outputs of a node that are told apart. */
const mostOutputs = 4096;

function countOf(at: Lowering, name: string): number | null {
  const count = at.node.attr[name]?.i ?? 0;
  return count > 0 && count <= mostOutputs && at.inputs.length > 0 ? count : null;
}

const stridedSlice = withNumbers([1, 2, 3], (at, map, starts, ends, steps) => {
  const mask = (name: string) => at.node.attr[name]?.i ?? 0;
  const isSet = (bits: number, axis: number) => axis < 31 && ((bits >> axis) & 1) === 1;
  const isPlain = steps.every((step) => step > 0) && starts.length === ends.length;
  if (!isPlain || mask("ellipsis_mask") !== 0 || mask("new_axis_mask") !== 0) return null;
  const shrunk = starts.flatMap((_, axis) => (isSet(mask("shrink_axis_mask"), axis) ? [axis] : []));
  const sliced = at.emit("Slice", [map], {
    starts: starts.map((start, axis) => (isSet(mask("begin_mask"), axis) ? 0 : start)),
    ends: ends.map((end, axis) => {
      if (shrunk.includes(axis)) return starts[axis] === -1 ? 2 ** 31 - 1 : starts[axis]! + 1;
      return isSet(mask("end_mask"), axis) ? 2 ** 31 - 1 : end;
    }),
  });
  return [shrunk.length === 0 ? sliced : at.emit("Squeeze", [sliced], { axes: shrunk })];
});

/** Space over batch, and back, around a dilated convolution. */
const spaceToBatch = withNumbers([1], (at, map, blocks) => {
  const pads = at.numbers(2);
  if (blocks.some((block) => block < 1)) return null;
  return [at.emit(`tfjs:${at.node.op}`, [map], { blocks, ...(pads !== null && { pads }) })];
});

const slice = withNumbers([1, 2], (at, map, starts, sizes) => [
  at.emit("Slice", [map], {
    starts,
    ends: sizes.map((size, axis) => (size === -1 ? 2 ** 31 - 1 : (starts[axis] ?? 0) + size)),
  }),
]);

/** Paddings are pairs, one for each axis. */
const pad = withNumbers([1], (at, map, pairs) => {
  const side = (which: number) => pairs.filter((_, index) => index % 2 === which);
  return [at.emit("Pad", [map], { pads: [...side(0), ...side(1)] })];
});

/** A resizing of height and width, whose sizes are the second input. */
const resize: Rule = (at) => {
  const [map, sizes] = at.inputs;
  if (map === undefined || sizes === undefined) return null;
  return [
    at.channelsFirst(map, (first) => at.emit("Resize", [first, "", "", sizes], { axes: [2, 3] })),
  ];
};

const blocks =
  (op: string): Rule =>
  (at) => {
    const [map] = at.inputs;
    const blocksize = at.node.attr["block_size"]?.i ?? 0;
    if (map === undefined || blocksize < 1) return null;
    return [at.channelsFirst(map, (first) => at.emit(op, [first], { blocksize }))];
  };

const others: readonly (readonly [string, Rule])[] = [
  [
    "Relu6",
    (at) => (at.inputs.length === 1 ? [at.emit("Clip", at.inputs, { min: 0, max: 6 })] : null),
  ],
  ["ClipByValue", (at) => (at.inputs.length === 3 ? [at.emit("Clip", at.inputs)] : null)],
  [
    "LeakyRelu",
    (at) =>
      at.inputs.length === 1
        ? [at.emit("LeakyRelu", at.inputs, { alpha: at.node.attr["alpha"]?.f ?? 0.2 })]
        : null,
  ],
  [
    "Rsqrt",
    (at) => (at.inputs.length === 1 ? [at.emit("Reciprocal", [at.emit("Sqrt", at.inputs)])] : null),
  ],
  [
    "SquaredDifference",
    (at) => (at.inputs.length === 2 ? [at.emit("Pow", [at.emit("Sub", at.inputs)])] : null),
  ],
  ["Mean", reduce("ReduceMean")],
  ["Sum", reduce("ReduceSum")],
  ["Max", reduce("ReduceMax")],
  ["Min", reduce("ReduceMin")],
  ["Prod", reduce("ReduceProd")],
  ["ConcatV2", concat],
  ["Pack", pack],
  ["Unpack", unpack],
  ["Split", split],
  ["SplitV", splitBySizes],
  ["StridedSlice", stridedSlice],
  ["Slice", slice],
  ["SpaceToBatchND", spaceToBatch],
  ["BatchToSpaceND", spaceToBatch],
  ["Pad", pad],
  ["PadV2", pad],
  ["MirrorPad", pad],
  ["ResizeBilinear", resize],
  ["ResizeNearestNeighbor", resize],
  ["DepthToSpace", blocks("DepthToSpace")],
  ["SpaceToDepth", blocks("SpaceToDepth")],
  [
    "Fill",
    (at) => (at.inputs.length === 2 ? [at.emit("ConstantOfShape", at.inputs.slice(0, 1))] : null),
  ],
  [
    "Squeeze",
    (at) => {
      const axes = at.node.attr["squeeze_dims"]?.list?.i ?? at.node.attr["axis"]?.list?.i ?? [];
      return at.inputs.length === 1
        ? [at.emit("Squeeze", at.inputs, axes.length > 0 ? { axes } : {})]
        : null;
    },
  ],
  ["ExpandDims", withNumbers([1], (at, map, axes) => [at.emit("Unsqueeze", [map], { axes })])],
  ["Transpose", withNumbers([1], (at, map, perm) => [at.emit("Transpose", [map], { perm })])],
  [
    "GatherV2",
    (at) =>
      at.inputs.length === 3 && at.numbers(2) !== null
        ? [at.emit("Gather", at.inputs.slice(0, 2), { axis: axisOf(at) })]
        : null,
  ],
  [
    "ArgMax",
    withNumbers([1], (at, map, [axis]) => [
      at.emit("ArgMax", [map], { axis: axis ?? 0, keepdims: 0 }),
    ]),
  ],
  // Both branches have what the switch is given; a loop's second time around is what the first gave.
  [
    "Switch",
    (at) =>
      at.inputs.length === 2
        ? [at.emit("Identity", at.inputs.slice(0, 1)), at.emit("Identity", at.inputs.slice(0, 1))]
        : null,
  ],
];

/** The rules of the operators that are known; one that is not is opaque. */
export const opRules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...alike.split(" ").map((pair): [string, Rule] => {
    const [own, onnx] = pair.split(":") as [string, string];
    return [own, renamed(onnx)];
  }),
  ...layerRules,
  ...others,
]);
