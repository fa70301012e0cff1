import type { NamedTensor, RunInput } from "@sebench/runtime";
import { elementCount, formatShape, InputError, type Tensor } from "@sebench/spec";

/** Images `[n, channels, height, width]`, which are cut into batches, or the inputs of each run. */
export type RunInputs = Tensor | readonly (readonly NamedTensor[])[];

/**
 * The input of each run.
 *
 * @throws InputError if there is none, or images do not fill whole batches
 */
export function inputsOfRuns(inputs: RunInputs, batch: number): readonly RunInput[] {
  if ("shape" in inputs) return splitIntoBatches(inputs, batch);
  if (inputs.length > 0) return inputs;
  throw new InputError("there is no input to run", { remedy: "give one at least" });
}

/**
 * Cuts images `[n, channels, height, width]` into batches, in order. The batches
 * share the images' memory.
 *
 * @throws InputError if n is 0 or is not a multiple of `batch`
 */
export function splitIntoBatches({ shape, data }: Tensor, batch: number): Tensor[] {
  const [images = 0, ...image] = shape;
  if (image.length !== 3 || data.length !== elementCount(shape)) {
    throw new InputError(`images of shape ${formatShape(shape)} with ${data.length} values`, {
      remedy: "give images as [n, channels, height, width]",
    });
  }
  if (images === 0 || images % batch !== 0) {
    throw new InputError(`${images} images cannot be cut into batches of ${batch}`, {
      remedy: `give a multiple of ${batch} images`,
    });
  }
  const length = batch * elementCount(image);
  return Array.from({ length: images / batch }, (_, index) => ({
    shape: [batch, ...image],
    data: data.subarray(index * length, (index + 1) * length),
  }));
}
