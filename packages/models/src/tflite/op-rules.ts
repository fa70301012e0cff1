import { activated, clipped, layerRules, type Rule, table, Unwritten } from "./operator.ts";

const binary =
  (op: string): Rule =>
  (at) =>
    activated(at, at.emit(op, [at.name(0), at.name(1)]));

const unary =
  (op: string): Rule =>
  (at) =>
    at.emit(op, [at.name(0)]);

const reduction =
  (op: string): Rule =>
  (at) =>
    at.emit(op, [at.name(0)], { axes: at.numbers(1), keepdims: at.option("keepDims") });

const sum: Rule = (at) => {
  const axes = at.integers(at.numbers(1));
  return at.emit("ReduceSum", [at.name(0), axes], { keepdims: at.option("keepDims") });
};

const reshape: Rule = (at) => at.inShape(at.name(0));

const concatenation: Rule = (at) => {
  const names = at.inputs.map((_, place) => at.name(place));
  return activated(at, at.emit("Concat", names, { axis: at.option("axis") }));
};

/** Paddings are pairs, one for each axis; what is added is zero where no third input tells it. */
const padding: Rule = (at) => {
  const pairs = at.numbers(1);
  const side = (which: number) => pairs.filter((_, index) => index % 2 === which);
  const value = at.inputs[2] ? [at.name(2)] : [];
  return at.emit("Pad", [at.name(0), at.integers([...side(0), ...side(1)]), ...value]);
};

const resizing =
  (mode: string): Rule =>
  (at) => {
    const [, height, width] = at.shape as [number, number, number, number];
    const coordinates = at.option("alignCorners")
      ? "align_corners"
      : at.option("halfPixels")
        ? "half_pixel"
        : "asymmetric";
    const isNearest = mode === "nearest";
    // TensorFlow Lite's nearest neighbour with half pixels is the one below, of a shifted grid.
    if (isNearest && coordinates !== "asymmetric") throw new Unwritten();
    const [batch, , , channels] = at.input(0).shape as [number, number, number, number];
    const attributes = {
      mode,
      coordinate_transformation_mode: coordinates,
      ...(isNearest && { nearest_mode: "floor" }),
    };
    return at.turned(at.name(0), (map) =>
      at.emit("Resize", [map, "", "", at.integers([batch, channels, height, width])], attributes),
    );
  };

const blocks =
  (op: string): Rule =>
  (at) =>
    at.turned(at.name(0), (map) => at.emit(op, [map], { blocksize: at.option("block", 1) }));

const slice: Rule = (at) => {
  const [starts, sizes] = [at.numbers(1), at.numbers(2)];
  const ends = sizes.map((size, axis) => (size === -1 ? 2 ** 31 - 1 : starts[axis]! + size));
  return at.emit("Slice", [at.name(0), at.integers(starts), at.integers(ends)]);
};

const stridedSlice: Rule = (at) => {
  const [starts, ends, steps] = [at.numbers(1), at.numbers(2), at.numbers(3)];
  const isSet = (mask: string, axis: number) => ((at.option(mask) >> axis) & 1) === 1;
  const isPlain = steps.every((step) => step > 0) && !at.option("offset");
  if (!isPlain || at.option("ellipsisMask") || at.option("newAxisMask")) throw new Unwritten();
  const from = starts.map((start, axis) => (isSet("beginMask", axis) ? 0 : start));
  const to = ends.map((end, axis) => {
    if (isSet("shrinkMask", axis)) return from[axis] === -1 ? 2 ** 31 - 1 : from[axis]! + 1;
    return isSet("endMask", axis) ? 2 ** 31 - 1 : end;
  });
  const axes = at.integers(starts.map((_, axis) => axis));
  const bounds = [at.integers(from), at.integers(to), axes, at.integers(steps)];
  const part = at.emit("Slice", [at.name(0), ...bounds]);
  return at.option("shrinkMask") === 0 ? part : at.inShape(part);
};

/** A split into equal parts, whose axis is the first input. */
const split: Rule = (at) => {
  const [axis] = at.numbers(0);
  if (axis === undefined) throw new Unwritten();
  return at.emitAll("Split", [at.name(1)], { axis }, at.outputs.length);
};

/** Halves become floats; what is quantised is only seen through. */
const dequantize: Rule = (at) =>
  at.input(0).type === "float16"
    ? at.emit("Cast", [at.name(0)], { to: 1 })
    : at.emit("DequantizeLinear", [at.name(0)]);

const softmax: Rule = (at) => {
  if (at.option("beta", 1) !== 1) throw new Unwritten();
  return at.emit("Softmax", [at.name(0)], { axis: -1 });
};

/** The rules of TensorFlow Lite's operators, and of MediaPipe's own; one that is not here is opaque. */
export const opRules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...layerRules,
  ...table("MEAN:ReduceMean REDUCE_MAX:ReduceMax REDUCE_MIN:ReduceMin", reduction),
  ["SUM", sum],
  ...table("ADD:Add SUB:Sub MUL:Mul DIV:Div MAXIMUM:Max MINIMUM:Min POW:Pow PRELU:PRelu", binary),
  ...table(
    "RELU:Relu ELU:Elu LOGISTIC:Sigmoid TANH:Tanh HARD_SWISH:HardSwish EXP:Exp LOG:Log SQRT:Sqrt ABS:Abs NEG:Neg FLOOR:Floor CEIL:Ceil SIN:Sin COS:Cos",
    unary,
  ),
  ["RELU6", (at) => clipped(at, at.name(0), 0, 6)],
  ["RELU_N1_TO_1", (at) => clipped(at, at.name(0), -1, 1)],
  ["RELU_0_TO_1", (at) => clipped(at, at.name(0), 0, 1)],
  ["LEAKY_RELU", (at) => at.emit("LeakyRelu", [at.name(0)], { alpha: at.option("alpha") })],
  ["RSQRT", (at) => at.emit("Reciprocal", [at.emit("Sqrt", [at.name(0)])])],
  ["SQUARE", (at) => at.emit("Mul", [at.name(0), at.name(0)])],
  ["SOFTMAX", softmax],
  ["RESHAPE", reshape],
  ["SQUEEZE", reshape],
  ["EXPAND_DIMS", reshape],
  ["TRANSPOSE", (at) => at.emit("Transpose", [at.name(0)], { perm: at.numbers(1) })],
  ["CONCATENATION", concatenation],
  ["PAD", padding],
  ["PADV2", padding],
  ["RESIZE_BILINEAR", resizing("linear")],
  ["RESIZE_NEAREST_NEIGHBOR", resizing("nearest")],
  ["DEPTH_TO_SPACE", blocks("DepthToSpace")],
  ["SPACE_TO_DEPTH", blocks("SpaceToDepth")],
  ["SLICE", slice],
  ["STRIDED_SLICE", stridedSlice],
  ["SPLIT", split],
  ["DEQUANTIZE", dequantize],
  ["QUANTIZE", unary("QuantizeLinear")],
]);
