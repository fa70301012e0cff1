/** A model as a `.tflite` file has it. */
export interface TfliteFile {
  readonly description: string;
  readonly tensors: readonly FileTensor[];
  /** The operators, each after those whose outputs it reads. */
  readonly operators: readonly FileOperator[];
  /** The indices of the tensors that are given from outside. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** The facts that the file tells of itself, by name, where they are short texts. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface FileTensor {
  /** The name, which is this tensor's alone: where the file has none, or one twice, with its number. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorType;
  /** The values that the file holds, without a copy, or null for a value that is computed. */
  readonly values: Uint8Array | null;
  readonly quantised: boolean;
  /** Whether a length is chosen when the model is loaded, which the shape then does not tell. */
  readonly free: boolean;
}

export interface FileOperator {
  /** The name of the operator: TensorFlow Lite's own, or that of a custom one. */
  readonly name: string;
  readonly isCustom: boolean;
  readonly version: number;
  /** The indices of tensors, -1 for one that is left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** The options that are known here, by name. */
  readonly options: Readonly<Record<string, number>>;
  /** The options of a custom operator, in a form of its own, or null for none. */
  readonly customOptions: Uint8Array | null;
}

/** The types of elements with their bits, each at the place of its number in `TensorType`. */
export const tensorTypes = [
  ["float32", 32],
  ["float16", 16],
  ["int32", 32],
  ["uint8", 8],
  ["int64", 64],
  ["string", 0],
  ["bool", 8],
  ["int16", 16],
  ["complex64", 64],
  ["int8", 8],
  ["float64", 64],
  ["complex128", 128],
  ["uint64", 64],
  ["resource", 0],
  ["variant", 0],
  ["uint32", 32],
  ["uint16", 16],
  ["int4", 4],
  ["bfloat16", 16],
] as const;

type TensorType = (typeof tensorTypes)[number][0];
