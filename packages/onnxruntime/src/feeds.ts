import type { Tensor } from "onnxruntime-common";
import type { InferenceSession } from "./binding.ts";

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
