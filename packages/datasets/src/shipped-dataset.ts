import { createHash } from "node:crypto";
import { checkRange, type Dataset } from "./dataset.ts";
import { fashionMnistClasses } from "./fashion-mnist-folder.ts";
import { loadImages } from "./labelled-images.ts";

/**
 * The 1,000 test images of Fashion-MNIST that ship with the repository.
 *
 * @param size Side in pixels: 28 or 32.
 */
export async function openShipped(size: number): Promise<Dataset> {
  const count = 1000;
  const { images, labels, preprocessing } = await loadImages({
    dataset: "fashion-mnist",
    size,
    count,
  });
  const length = images.data.length / count;
  return {
    name: "fashion-mnist, the first 1,000 test images",
    count,
    classes: fashionMnistClasses,
    preprocessing,
    identity: createHash("sha256").update(images.data).update(labels!).digest("hex"),
    read: async (first, wanted) => {
      checkRange(first, wanted, count);
      const data = images.data.slice(first * length, (first + wanted) * length);
      return {
        images: { shape: [wanted, ...images.shape.slice(1)], data },
        labels: labels!.slice(first, first + wanted),
        broken: [],
      };
    },
  };
}
