import { elementCount, formatShape, InputError, inputShape, sameShape } from "@sebench/spec";
import type { Network, Tensor } from "@sebench/spec";

/**
 * Splits `[images, channels, height, width]` into an array of float64 values for each image. Throws
 * an `InputError` if the images do not have the network's shape.
 */
export function splitImages(network: Network, images: Tensor): Float64Array[] {
  const expected = inputShape(network);
  const [count = 0, ...shape] = images.shape;
  const size = elementCount(shape);
  if (!sameShape(shape, expected)) {
    throw new InputError(
      `${network.name} takes images [n, ${expected.join(", ")}], got ${formatShape(images.shape)}`,
      { remedy: "resize the images, or build the network for their size" },
    );
  }
  if (images.data.length !== count * size) {
    throw new InputError(
      `images of shape ${formatShape(images.shape)} hold ${images.data.length} values`,
      { remedy: `give ${count * size} values` },
    );
  }
  return Array.from({ length: count }, (_, index) =>
    Float64Array.from(images.data.subarray(index * size, (index + 1) * size)),
  );
}
