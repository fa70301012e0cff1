import { arrayOf, type ElementArray, type ElementType, type NamedTensor } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { type Dtype, readSafetensors, type StoredTensor, writeSafetensors } from "@sebench/weights";

/** The types of the safetensors format by the element types of a model's inputs. */
const dtypes: Readonly<Record<ElementType, Dtype>> = {
  float32: "F32",
  float64: "F64",
  float16: "F16",
  int8: "I8",
  uint8: "U8",
  int16: "I16",
  uint16: "U16",
  int32: "I32",
  uint32: "U32",
  int64: "I64",
  uint64: "U64",
  bool: "BOOL",
};

const types = new Map(Object.entries(dtypes).map(([type, dtype]) => [dtype, type as ElementType]));

/**
 * Writes the inputs of runs as one safetensors file, whose tensors are named `RUN/NAME`.
 *
 * @param runs The inputs of each run.
 */
export function writeRunInputs(runs: readonly (readonly NamedTensor[])[]): Uint8Array {
  const stored = runs.flatMap((run, index) =>
    run.map(({ name, type, shape, data }): [string, StoredTensor] => {
      const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
      return [`${index}/${name}`, { dtype: dtypes[type], shape, bytes }];
    }),
  );
  return writeSafetensors(new Map(stored));
}

/**
 * Reads what `writeRunInputs` wrote.
 *
 * @throws InputError for a file of another kind
 */
export function readRunInputs(file: Uint8Array): NamedTensor[][] {
  const runs: NamedTensor[][] = [];
  for (const [key, tensor] of readSafetensors(file).tensors) {
    const [, index, name] = /^(\d{1,6})\/(.+)$/s.exec(key) ?? [];
    if (index === undefined) throw new InputError(`the tensor ${key} is the input of no run`);
    (runs[Number(index)] ??= []).push(namedTensor(name!, tensor));
  }
  return runs;
}

/**
 * A tensor of a file by the name of the input that it feeds.
 *
 * @throws InputError for a type that no input has
 */
export function namedTensor(name: string, { dtype, shape, bytes }: StoredTensor): NamedTensor {
  const type = types.get(dtype);
  if (type === undefined) {
    throw new InputError(`${name} is ${dtype}, which no input of a model can be given`, {
      remedy: `store it as one of ${Object.values(dtypes).join(", ")}`,
    });
  }
  // The copy begins at 0, as an array must begin at a multiple of its elements.
  const { buffer } = new Uint8Array(bytes);
  return { name, type, shape, data: new arrayOf[type](buffer) as ElementArray };
}
