import { fileURLToPath } from "node:url";
import { InputError } from "@sebench/spec";
import { readIdx } from "../image/idx.ts";
import type { ImageSource } from "./image-source.ts";
import { resizeByArea } from "./resize-by-area.ts";

const photographCount = 5;
const colours = 3;
/** The side of a stored photograph, in pixels. */
const storedSide = 366;
/**
 * The side of the crop that every size is made from, so that each shows the same part
 * of the scene. It is 0.875 of the photograph, as in the usual evaluation on ImageNet
 * (resize the shorter edge to 256, crop 224).
 */
const crop = 320;
const margin = storedSide - crop;
/** The largest side of an image, which has no more detail than the crop. */
const largest = 2 * crop;

const file = fileURLToPath(
  new URL("../../data/photographs/photographs-idx4-ubyte.gz", import.meta.url),
);

/** A crop of a photograph, by its top left corner in pixels. */
interface View {
  readonly top: number;
  readonly left: number;
  readonly mirrored: boolean;
}

/**
 * The ten views of AlexNet's evaluation (Krizhevsky et al. 2012, section 4.1):
 * the centre and the four corners, each as it is and mirrored left to right.
 */
const views: readonly View[] = [
  { top: margin / 2, left: margin / 2 },
  { top: 0, left: 0 },
  { top: 0, left: margin },
  { top: margin, left: 0 },
  { top: margin, left: margin },
].flatMap((corner) => [
  { ...corner, mirrored: false },
  { ...corner, mirrored: true },
]);

/**
 * The images from five public-domain photographs in colour, without labels. The first
 * five images are the centre crops of the photographs; each five that follow are
 * another view of them.
 */
export const photographs: ImageSource = {
  count: photographCount * views.length,
  // The mean and the deviation are those of ImageNet's training images, as torchvision and
  // timm use them.
  normalisation: {
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225],
  },

  checkSize(size) {
    if (size <= largest) return;
    throw new InputError(
      `the photographs are enlarged to ${largest} pixels a side at most, not ${size}`,
      { remedy: `Use --size ${largest} or less.` },
    );
  },

  async read(size, count) {
    const { data } = await readIdx(file, 4);
    const stride = storedSide * storedSide * colours;
    const pixels = Array.from({ length: count }, (_, image) => {
      const first = (image % photographCount) * stride;
      const view = views[Math.floor(image / photographCount)]!;
      return resizeByArea(cut(data.subarray(first, first + stride), view), crop, colours, size);
    });
    return { pixels, labels: null };
  },

  describe(size, count) {
    const how = size > crop ? "enlarged" : "averaged";
    const scaled = size === crop ? "" : `, ${how} by area to ${size} x ${size}`;
    const more =
      count <= photographCount
        ? ""
        : "; from the sixth on, mirrored and corner crops of the same five";
    return (
      `public-domain photographs, shorter edge at ${storedSide} pixels (cubic), centre crop of ${crop}` +
      `${scaled}${more}; RGB in 0..1 less ImageNet's mean 0.485, 0.456, 0.406, ` +
      "by its standard deviation 0.229, 0.224, 0.225"
    );
  },
};

function cut(photograph: Uint8Array, { top, left, mirrored }: View): Uint8Array {
  const result = new Uint8Array(crop * crop * colours);
  for (let y = 0; y < crop; y++) {
    for (let x = 0; x < crop; x++) {
      const column = mirrored ? crop - 1 - x : x;
      const source = ((top + y) * storedSide + left + column) * colours;
      result.set(photograph.subarray(source, source + colours), (y * crop + x) * colours);
    }
  }
  return result;
}
