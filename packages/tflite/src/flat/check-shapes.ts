import { InputError } from "@sebench/spec";
import type { FileOperator, FileTensor } from "./tflite-file.ts";
import { paddings } from "./schema.ts";

type Shape = readonly number[];

/** An operator with the shapes of what it reads and gives; those that are left out are null. */
interface Place {
  readonly operator: FileOperator;
  readonly shapes: readonly (Shape | null)[];
  /** The values of an input that is a constant of int32, or null. */
  readonly numbers: (input: number) => readonly number[] | null;
}

/** The shape that an operator's first output must have; null where that cannot be told. */
type Rule = (place: Place, output: Shape) => Shape | null;

/** What a rule throws where the shapes of an operator's inputs do not go together. */
class Unfit extends Error {}

/**
 * Holds the shapes that a file tells of computed tensors to those that follow from what the operators
 * do: an engine reserves memory by the former and computes by the latter. Tensors whose lengths are
 * free, and operators that are not known here, are left to the engine.
 *
 * @throws InputError that names the tensor
 */
export function checkShapes(
  tensors: readonly FileTensor[],
  operators: readonly FileOperator[],
): void {
  const shapeOf = (index: number) => {
    const tensor = tensors[index];
    return tensor === undefined || tensor.free ? null : tensor.shape;
  };
  for (const operator of operators) {
    const rule = operator.isCustom ? undefined : rules.get(operator.name);
    const output = tensors[operator.outputs[0] ?? -1];
    if (rule === undefined || output === undefined || output.free) continue;
    const shapes = operator.inputs.map(shapeOf);
    if (operator.inputs.some((index, at) => index !== -1 && shapes[at] === null)) continue;
    const numbers = (input: number) => numbersOf(tensors[operator.inputs[input] ?? -1]);
    const expected = follow(rule, { operator, shapes, numbers }, output);
    if (expected === null || isSame(expected, output.shape)) continue;
    throw unfit(
      output,
      `the tensor is ${textOf(output.shape)}, and ${operator.name} gives ${textOf(expected)}`,
    );
  }
}

function follow(rule: Rule, place: Place, output: FileTensor): Shape | null {
  try {
    if (!place.shapes[0]) throw new Unfit();
    return rule(place, output.shape);
  } catch (cause) {
    if (!(cause instanceof Unfit)) throw cause;
    const given = place.shapes.map((shape) => (shape === null ? "nothing" : textOf(shape)));
    throw unfit(
      output,
      `${place.operator.name} cannot make ${textOf(output.shape)} of ${given.join(", ")}`,
    );
  }
}

function unfit({ name }: FileTensor, why: string): InputError {
  return new InputError(`the file cannot be read: the shape of ${name} does not follow: ${why}`, {
    remedy: "fetch or convert it again",
  });
}

const textOf = (shape: Shape) => shape.join("x") || "a single number";

const isSame = (one: Shape, other: Shape) =>
  one.length === other.length && one.every((length, axis) => length === other[axis]);

const sizeOf = (shape: Shape) => shape.reduce((product, length) => product * length, 1);

function numbersOf(tensor: FileTensor | undefined): readonly number[] | null {
  if (tensor?.type !== "int32" || tensor.values === null) return null;
  const { buffer, byteOffset, byteLength } = tensor.values;
  const view = new DataView(buffer, byteOffset, byteLength);
  return Array.from({ length: byteLength / 4 }, (_, at) => view.getInt32(4 * at, true));
}

/** The positions of a window along an axis. */
function positions(length: number, kernel: number, stride: number, padding: number): number {
  if (stride < 1 || kernel < 1) throw new Unfit();
  if (padding === paddings.same) return Math.ceil(length / stride);
  const count = Math.ceil((length - kernel + 1) / stride);
  if (count < 1) throw new Unfit();
  return count;
}

function windowed(map: Shape, kernel: readonly [number, number], { options }: FileOperator) {
  const { padding = 0, strideH = 1, strideW = 1, dilationH = 1, dilationW = 1 } = options;
  const reach = (taps: number, dilation: number) => dilation * (taps - 1) + 1;
  return [
    positions(map[1]!, reach(kernel[0], dilationH), strideH, padding),
    positions(map[2]!, reach(kernel[1], dilationW), strideW, padding),
  ];
}

function requireShape(shape: Shape | null | undefined): Shape {
  if (!shape) throw new Unfit();
  return shape;
}

function requireAxes(shape: Shape | null | undefined, count: number): Shape {
  if (shape?.length !== count) throw new Unfit();
  return shape;
}

function requireBias(bias: Shape | null | undefined, channels: number): void {
  if (bias && sizeOf(bias) !== channels) throw new Unfit();
}

const convolution: Rule = ({ operator, shapes }) => {
  const [map, filter] = [requireAxes(shapes[0], 4), requireAxes(shapes[1], 4)];
  const [outputs, height, width, inputs] = filter as [number, number, number, number];
  if (inputs < 1 || map[3]! % inputs !== 0 || outputs % (map[3]! / inputs) !== 0) throw new Unfit();
  requireBias(shapes[2], outputs);
  return [map[0]!, ...windowed(map, [height, width], operator), outputs];
};

const depthwise: Rule = ({ operator, shapes }) => {
  const [map, filter] = [requireAxes(shapes[0], 4), requireAxes(shapes[1], 4)];
  const [one, height, width, outputs] = filter as [number, number, number, number];
  if (one !== 1 || outputs < 1 || outputs % map[3]! !== 0) throw new Unfit();
  requireBias(shapes[2], outputs);
  return [map[0]!, ...windowed(map, [height, width], operator), outputs];
};

const pool: Rule = ({ operator, shapes }) => {
  const map = requireAxes(shapes[0], 4);
  const { filterH = 1, filterW = 1 } = operator.options;
  return [map[0]!, ...windowed(map, [filterH, filterW], operator), map[3]!];
};

const dense: Rule = ({ operator, shapes }) => {
  const [input, weights] = [shapes[0]!, requireAxes(shapes[1], 2)];
  const [outputs, inputs] = weights as [number, number];
  if (operator.options["weightsFormat"]) return null;
  if (inputs < 1 || sizeOf(input) % inputs !== 0) throw new Unfit();
  requireBias(shapes[2], outputs);
  if (!operator.options["keepDims"]) return [sizeOf(input) / inputs, outputs];
  if (input.at(-1) !== inputs) throw new Unfit();
  return [...input.slice(0, -1), outputs];
};

const broadcast: Rule = ({ shapes }) => {
  const [one, other] = [shapes[0]!, requireShape(shapes[1])];
  const axes = Math.max(one.length, other.length);
  return Array.from({ length: axes }, (_, axis) => {
    const a = one[axis - axes + one.length] ?? 1;
    const b = other[axis - axes + other.length] ?? 1;
    if (a !== b && a !== 1 && b !== 1) throw new Unfit();
    return a === 1 ? b : a;
  });
};

/** The elements of the first input in another form. */
const sameElements: Rule = ({ shapes }, output) => {
  if (sizeOf(shapes[0]!) !== sizeOf(output)) throw new Unfit();
  return null;
};

const alike: Rule = ({ shapes }) => shapes[0] ?? null;

const axisOf = (axis: number, axes: number) => {
  const found = axis < 0 ? axis + axes : axis;
  if (found < 0 || found >= axes) throw new Unfit();
  return found;
};

const reduction: Rule = ({ operator, shapes, numbers }) => {
  const [map, axes] = [shapes[0]!, numbers(1)];
  if (axes === null) return null;
  const reduced = new Set(axes.map((axis) => axisOf(axis, map.length)));
  if (operator.options["keepDims"])
    return map.map((length, axis) => (reduced.has(axis) ? 1 : length));
  return map.filter((_, axis) => !reduced.has(axis));
};

const concatenation: Rule = ({ operator, shapes }) => {
  const [first, ...others] = shapes.map(requireShape) as [Shape, ...Shape[]];
  const axis = axisOf(operator.options["axis"] ?? 0, first.length);
  let joined = first[axis]!;
  for (const other of others) {
    if (!isSame(other.with(axis, 0), first.with(axis, 0))) throw new Unfit();
    joined += other[axis]!;
  }
  return first.with(axis, joined);
};

const padding: Rule = ({ shapes, numbers }) => {
  const [map, pads] = [shapes[0]!, numbers(1)];
  if (pads === null) return null;
  if (pads.length !== 2 * map.length || pads.some((amount) => amount < 0)) throw new Unfit();
  return map.map((length, axis) => length + pads[2 * axis]! + pads[2 * axis + 1]!);
};

const transposition: Rule = ({ shapes, numbers }) => {
  const [map, order] = [shapes[0]!, numbers(1)];
  if (order === null) return null;
  if (
    !isSame(
      order.toSorted((a, b) => a - b),
      map.map((_, axis) => axis),
    )
  )
    throw new Unfit();
  return order.map((axis) => map[axis]!);
};

const resizing: Rule = ({ shapes, numbers }) => {
  const [map, size] = [requireAxes(shapes[0], 4), numbers(1)];
  return size?.length === 2 ? [map[0]!, ...size, map[3]!] : null;
};

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...["RESHAPE", "SQUEEZE", "EXPAND_DIMS"].map((name) => [name, sameElements] as const),
  ["CONV_2D", convolution],
  ["DEPTHWISE_CONV_2D", depthwise],
  ["AVERAGE_POOL_2D", pool],
  ["MAX_POOL_2D", pool],
  ["FULLY_CONNECTED", dense],
  ["CONCATENATION", concatenation],
  ["PAD", padding],
  ["PADV2", padding],
  ["TRANSPOSE", transposition],
  ["RESIZE_BILINEAR", resizing],
  ["RESIZE_NEAREST_NEIGHBOR", resizing],
  ...["MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD"].map(
    (name) => [name, reduction] as const,
  ),
  ...["ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM"].map((name) => [name, broadcast] as const),
  ..."RELU RELU6 RELU_N1_TO_1 RELU_0_TO_1 LEAKY_RELU ELU GELU LOGISTIC TANH HARD_SWISH SOFTMAX LOG_SOFTMAX EXP LOG SQRT RSQRT ABS NEG SQUARE FLOOR CEIL ROUND SIN COS CAST QUANTIZE DEQUANTIZE"
    .split(" ")
    .map((name) => [name, alike] as const),
]);
