import type {
  ElementType,
  OptionsName,
  optionsOf,
  optionsTables,
  WrittenOperator,
} from "../flat/schema.ts";

/** A graph of TensorFlow Lite's operators, in the order in which they run. */
export interface TfliteGraph {
  readonly name: string;
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  /** The indices of the tensors that are given from outside. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

export interface TfliteTensor {
  readonly name: string;
  /** The shape; of a map `[batch, height, width, channels]`. */
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** The values that the file holds, or null for a value that is computed. */
  readonly constant: TfliteConstant | null;
}

interface TfliteConstant {
  readonly byteLength: number;
  /** Computes the values, which are asked for once and then forgotten. */
  readonly values: () => Float32Array | Uint16Array | Int32Array;
}

type FieldsOf<Name extends OptionsName> = (typeof optionsTables)[Name]["fields"];

/** The options of an operator, by the names of their fields; what is left out has the file's default. */
export type OptionsOf<Kind extends WrittenOperator> = (typeof optionsOf)[Kind] extends infer Name
  ? Name extends OptionsName
    ? Readonly<Partial<Record<keyof FieldsOf<Name>, number>>>
    : Readonly<Record<string, never>>
  : never;

export interface TfliteOperator {
  readonly kind: WrittenOperator;
  /** The version of the operator, above 1 where it does what its first version did not. */
  readonly version: number;
  /** The indices of tensors. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options: Readonly<Record<string, number>>;
}
