import { formatShape, InputError, type Tensor } from "@sebench/spec";

/** The element types that inputs and outputs of a model's file have here. */
export type ElementType = keyof typeof arrayOf;

/** The array that holds the values of each element type; halves as their 16 bits. */
export const arrayOf = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

/** Dense row-major values of any element type. */
export type ElementArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A tensor by which a model's file is fed, or which it gives: plain data. */
export interface NamedTensor {
  /** The name of the input or output, as the file has it. */
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: ElementArray;
}

/**
 * What one run is given: one batch of images `[batch, channels, height, width]`, or a model file's
 * inputs by their names.
 */
export type RunInput = Tensor | readonly NamedTensor[];

export function isNamed(input: RunInput): input is readonly NamedTensor[] {
  return Array.isArray(input);
}

/**
 * The images of a run, for an engine whose networks have one input.
 *
 * @throws InputError where a model's file is fed by anything else than one tensor of float32
 */
export function imagesOfRun(input: RunInput): Tensor {
  if (!isNamed(input)) return input;
  const [only, ...others] = input;
  if (only !== undefined && others.length === 0 && only.data instanceof Float32Array) {
    return { shape: only.shape, data: only.data };
  }
  const told = input.map(({ name, type, shape }) => `${name} ${type} ${formatShape(shape)}`);
  throw new InputError(`this engine takes one input of float32, and not ${told.join(", ")}`, {
    remedy: "take onnxruntime-node/cpu or onnxruntime-web/wasm",
  });
}
