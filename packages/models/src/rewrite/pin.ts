import type { Model } from "../graph/model.ts";
import { inferShapes, type InputSizes } from "../shapes/infer.ts";
import type { Place } from "./rewriting.ts";

/**
 * Writes sizes into a model's inputs, which then take no other. An engine that knows every shape
 * fuses more.
 *
 * @throws InputError for sizes that the inputs cannot have
 */
export function pinSizes(model: Model, sizes: InputSizes): { model: Model; places: Place[] } {
  const { inputs } = inferShapes(model, sizes);
  const places = inputs.flatMap(({ name, dims }, at): Place[] => {
    const before = model.graph.inputs[at]!.dims;
    const isPinned = dims?.every((dim) => typeof dim === "number") ?? false;
    const isNew = dims?.some((dim, axis) => dim !== before?.[axis]) ?? false;
    return isPinned && isNew ? [{ at: `the input ${name}`, refused: null }] : [];
  });
  return { model: { ...model, graph: { ...model.graph, inputs } }, places };
}
