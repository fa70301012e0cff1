import type { FileOperator, FileTensor } from "@sebench/tflite";
import type { Constant } from "../graph/model.ts";
import { NodeMaker } from "../graph/node-maker.ts";

/** The numbers that ONNX has for the types of elements that constants are made of. */
const made = { float32: 1, int64: 7 } as const;

/**
 * An operator of TensorFlow Lite on its way into nodes of ONNX's operators, opset 17, which compute
 * the same. Maps have their channels last; convolutions and pools stand between transpositions.
 */
export class OperatorLowering extends NodeMaker {
  readonly operator: FileOperator;
  /** What the operator reads, null for an input that is left out. */
  readonly inputs: readonly (FileTensor | null)[];
  readonly outputs: readonly FileTensor[];
  /** The constants that the made nodes read, and the file does not have. */
  readonly constants: Constant[] = [];
  readonly #title: string;

  constructor(operator: FileOperator, tensors: readonly FileTensor[]) {
    const outputs = operator.outputs.map((index) => tensors[index]!);
    const title = outputs[0]?.name ?? operator.name;
    super(title);
    this.#title = title;
    this.operator = operator;
    this.inputs = operator.inputs.map((index) => tensors[index] ?? null);
    this.outputs = outputs;
  }

  /** The input at a place, which a rule that asks for it needs. */
  input(place: number): FileTensor {
    const found = this.inputs[place];
    if (!found) throw new Unwritten();
    return found;
  }

  /** The name of an input at a place. */
  name(place: number): string {
    return this.input(place).name;
  }

  option(name: string, absent = 0): number {
    return this.operator.options[name] ?? absent;
  }

  /** The values of an input that is a constant of int32. */
  numbers(place: number): readonly number[] {
    const values = integersOf(this.input(place));
    if (values === null) throw new Unwritten();
    return values;
  }

  /** The shape that the file tells of the first output. */
  get shape(): readonly number[] {
    return this.outputs[0]!.shape;
  }

  /** Adds a constant of floats, and gives its name. */
  floats(values: readonly number[], dims: readonly number[] = [values.length]): string {
    return this.#constant("float32", Float32Array.from(values), dims, values);
  }

  /** Adds a constant of integers, and gives its name. */
  integers(values: readonly number[]): string {
    const bits = BigInt64Array.from(values, BigInt);
    return this.#constant("int64", bits, [values.length], values);
  }

  #constant(
    type: keyof typeof made,
    { buffer }: Float32Array | BigInt64Array,
    dims: readonly number[],
    values: readonly number[],
  ): string {
    const name = `${this.#title}#c${this.constants.length}`;
    const added = new Uint8Array(buffer as ArrayBuffer);
    const place = { data: [], added, external: null };
    this.constants.push({ name, type: made[type], dims, values, ...place });
    return name;
  }

  /** Brings a value into the shape that the file tells of the first output. */
  inShape(name: string): string {
    return this.emit("Reshape", [name, this.integers(this.shape)]);
  }

  /** Adds a node that no rule knows. */
  opaque(): string[] {
    const names = this.inputs.flatMap((input) => input?.name ?? []);
    return this.emitAll(`tflite:${this.operator.name}`, names, {}, this.outputs.length);
  }
}

/** What a rule throws for an operator that it cannot write. */
export class Unwritten extends Error {}

/** The values of a small constant of int32, or null. */
export function integersOf({ type, values }: FileTensor): readonly number[] | null {
  if (type !== "int32" || values === null || values.byteLength > 4 * mostNumbers) return null;
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  return Array.from({ length: values.byteLength / 4 }, (_, at) => view.getInt32(4 * at, true));
}

/** The most numbers of a constant whose values are looked at. */
const mostNumbers = 1024;

/** Writes an operator in ONNX's operators, and gives its outputs. */
export type Rule = (at: OperatorLowering) => string | readonly string[];

const same = 0;

/** What the file has joined to an operator, by its number in `ActivationFunctionType`. */
export function activated(at: OperatorLowering, name: string): string {
  switch (at.option("activation")) {
    case 0:
      return name;
    case 1:
      return at.emit("Relu", [name]);
    case 2:
      return clipped(at, name, -1, 1);
    case 3:
      return clipped(at, name, 0, 6);
    case 4:
      return at.emit("Tanh", [name]);
    default:
      throw new Unwritten();
  }
}

export function clipped(at: OperatorLowering, name: string, least: number, most: number): string {
  return at.emit("Clip", [name, at.floats([least], []), at.floats([most], [])]);
}

/** How a window goes over a map, in the terms of ONNX. */
function windowOf(at: OperatorLowering) {
  const padding = at.option("padding") === same ? { auto_pad: "SAME_UPPER" } : {};
  return { strides: [at.option("strideH", 1), at.option("strideW", 1)], ...padding };
}

/** The third input, or nothing where the layer has no bias. */
const biasOf = (at: OperatorLowering) => (at.inputs[2] ? [at.name(2)] : []);

/** A convolution, whose filter has its axes in an order of its own, and the groups that follow. */
const convolution =
  (order: readonly number[], groupsOf: (at: OperatorLowering) => number): Rule =>
  (at) => {
    const weights = at.transposed(at.name(1), order);
    const { shape } = at.input(1);
    const attributes = {
      kernel_shape: [shape[1]!, shape[2]!],
      dilations: [at.option("dilationH", 1), at.option("dilationW", 1)],
      group: groupsOf(at),
      ...windowOf(at),
    };
    const product = at.turned(at.name(0), (map) =>
      at.emit("Conv", [map, weights, ...biasOf(at)], attributes),
    );
    return activated(at, product);
  };

/** The window of a transposed convolution along an axis: what is cut off before and after, and added. */
function transposedPads(length: number, given: number, kernel: number, stride: number) {
  const whole = (given - 1) * stride + kernel;
  const cut = Math.max(0, whole - length);
  const before = cut >> 1;
  return { before, after: cut - before, added: Math.max(0, length - whole) };
}

/** A transposed convolution of a map by a filter whose axes are outputs, height, width, inputs. */
function transposedConvolution(
  at: OperatorLowering,
  { map, filter, bias }: { readonly map: number; readonly filter: number; readonly bias: number },
  strides: readonly [number, number],
): string {
  const [, height, width] = at.input(filter).shape as [number, number, number, number];
  const given = at.input(map).shape;
  const rows = transposedPads(at.shape[1]!, given[1]!, height, strides[0]);
  const columns = transposedPads(at.shape[2]!, given[2]!, width, strides[1]);
  const attributes = {
    kernel_shape: [height, width],
    strides,
    pads: [rows.before, columns.before, rows.after, columns.after],
    output_padding: [rows.added, columns.added],
  };
  const weights = at.transposed(at.name(filter), [3, 0, 1, 2]);
  const biases = at.inputs[bias] ? [at.name(bias)] : [];
  return at.turned(at.name(map), (first) =>
    at.emit("ConvTranspose", [first, weights, ...biases], attributes),
  );
}

/** MediaPipe's transposed convolution, whose options are those of TensorFlow Lite as they lie in memory. */
const mediapipeTransposed: Rule = (at) => {
  const bytes = at.operator.customOptions;
  if (bytes === null || bytes.byteLength < 12) throw new Unwritten();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [across, down] = [view.getInt32(4, true), view.getInt32(8, true)];
  return transposedConvolution(at, { map: 0, filter: 1, bias: 2 }, [down, across]);
};

const pool =
  (op: string): Rule =>
  (at) => {
    const kernel_shape = [at.option("filterH", 1), at.option("filterW", 1)];
    const attributes = { kernel_shape, ...windowOf(at) };
    return activated(
      at,
      at.turned(at.name(0), (map) => at.emit(op, [map], attributes)),
    );
  };

const dense: Rule = (at) => {
  if (at.option("weightsFormat") !== 0) throw new Unwritten();
  const { shape } = at.input(1);
  const isMatrix = at.input(0).shape.length === 2 && at.input(0).shape[1] === shape[1];
  const rows = isMatrix
    ? at.name(0)
    : at.emit("Reshape", [at.name(0), at.integers([-1, shape[1]!])]);
  const product = at.emit("Gemm", [rows, at.name(1), ...biasOf(at)], { transB: 1 });
  return activated(at, at.shape.length === 2 ? product : at.inShape(product));
};

/** Makes rules of one kind, by pairs of names: TensorFlow Lite's and ONNX's. */
export const table = (names: string, rule: (op: string) => Rule): [string, Rule][] =>
  names.split(" ").map((pair) => {
    const [own, onnx] = pair.split(":") as [string, string];
    return [own, rule(onnx)];
  });

/** The rules of the operators that multiply by weights, and of pools. */
export const layerRules: readonly (readonly [string, Rule])[] = [
  [
    "CONV_2D",
    convolution([0, 3, 1, 2], (at) => Math.max(1, at.input(0).shape[3]! / at.input(1).shape[3]!)),
  ],
  ["DEPTHWISE_CONV_2D", convolution([3, 0, 1, 2], (at) => at.input(0).shape[3]!)],
  [
    "TRANSPOSE_CONV",
    (at) => {
      const strides = [at.option("strideH", 1), at.option("strideW", 1)] as const;
      return activated(at, transposedConvolution(at, { map: 2, filter: 1, bias: 3 }, strides));
    },
  ],
  ["Convolution2DTransposeBias", mediapipeTransposed],
  ["FULLY_CONNECTED", dense],
  ...table("AVERAGE_POOL_2D:AveragePool MAX_POOL_2D:MaxPool", pool),
];
