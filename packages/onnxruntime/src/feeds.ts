import type { Tensor } from "onnxruntime-common";
import type { InferenceSession } from "./binding.ts";

/** Inputs by their names. */
export type Feeds = Readonly<Record<string, Tensor>>;

export function feedsOf(session: InferenceSession, input: Tensor): Feeds {
  return { [only(session.inputNames)]: input };
}

export function only(names: readonly string[]): string {
  const [name, ...others] = names;
  if (name !== undefined && others.length === 0) return name;
  throw new Error(`a model has one input and one output, not ${names.join(", ") || "none"}`);
}
