import { arrayOf, type ElementArray, type ElementType, type NamedTensor } from "@sebench/runtime";
import { formatShape, InputError } from "@sebench/spec";
import type { Tensor } from "onnxruntime-common";
import type { InferenceSession, Ort } from "./binding.ts";

/** The inputs of a run, by their names. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** @throws Error where the session has another number of inputs than one */
export function feedsOf(session: InferenceSession, input: Tensor): Feeds {
  return { [only(session.inputNames)]: input };
}

/** @throws Error where there is not exactly one name */
export function only(names: readonly string[]): string {
  const [name, ...others] = names;
  if (name !== undefined && others.length === 0) return name;
  throw new Error(`a model has one input and one output, not ${names.join(", ") || "none"}`);
}

/** The outputs of a run, by their names. */
export type Outputs = Awaited<ReturnType<InferenceSession["run"]>>;

/** The first output of a model's file that is of float32, or null where none is. */
export function firstOfFloats({ outputMetadata }: InferenceSession): string | null {
  return outputMetadata.find((each) => each.isTensor && each.type === "float32")?.name ?? null;
}

/**
 * The feeds of a model's file.
 *
 * @throws InputError where the inputs are not those of the file
 */
export function namedFeeds(
  { inputNames }: InferenceSession,
  inputs: readonly NamedTensor[],
  Tensor: Ort["Tensor"],
): Feeds {
  const given = inputs.map(({ name }) => name);
  const missing = inputNames.find((name) => !given.includes(name));
  const unknown = given.find((name) => !inputNames.includes(name));
  if (missing !== undefined || unknown !== undefined) {
    const what = missing === undefined ? `has no input ${unknown}` : `needs the input ${missing}`;
    throw new InputError(`the model ${what}`, {
      remedy: `give it ${inputNames.join(", ")}`,
    });
  }
  const tensors = inputs.map(({ name, type, shape, data }) => {
    // The types of the array and of the elements go together, which the constructor's types lose.
    const make = Tensor as unknown as new (
      type: ElementType,
      data: ElementArray,
      dims: readonly number[],
    ) => Tensor;
    return [name, new make(type, data.slice(), shape)] as const;
  });
  return Object.fromEntries(tensors);
}

/**
 * All outputs of a run of a model's file, in the file's order.
 *
 * @throws InputError for an output that holds no numbers
 */
export function namedOutputs({ outputNames }: InferenceSession, outputs: Outputs): NamedTensor[] {
  return outputNames.map((name) => {
    const { type, dims, data } = outputs[name] as Tensor;
    if (!Object.hasOwn(arrayOf, type) || !ArrayBuffer.isView(data)) {
      throw new InputError(`the output ${name} is ${type} ${formatShape(dims)}, and no numbers`, {
        remedy: "take that output out of the model before it is measured",
      });
    }
    const { buffer, byteOffset, length } = data as Uint8Array;
    const typed = arrayOf[type as ElementType];
    // Where a host has an array of halves, the engine gives that; here their bits are meant.
    const own = data instanceof typed ? data : new typed(buffer as ArrayBuffer, byteOffset, length);
    return { name, type: type as ElementType, shape: [...dims], data: own.slice() as ElementArray };
  });
}
