import { loadImages } from "@sebench/datasets";
import { seededRandom } from "@sebench/measure";
import { float16Bits } from "@sebench/weights";
import { arrayOf, type ElementArray, type NamedTensor } from "@sebench/runtime";
import { elementCount, type Tensor } from "@sebench/spec";
import { type ImageLayout, imageLayoutOf, type ModelInput, placeImage } from "./image-layout.ts";

/** The number of runs whose inputs differ. */
const runs = 4;

/** The side of the photographs that images are made of, in pixels. */
const side = 320;

/** The most photographs that are read; beyond that they repeat. */
const most = 16;

/**
 * Makes inputs for a model whose person gives none: photographs for what may be an image, in the
 * size and order of axes that the model has, normal numbers for other floats, and zeros and ones for
 * integers, which are indices and masks that every model can take.
 */
export async function naturalInputs(
  inputs: readonly ModelInput[],
  seed: number,
): Promise<NamedTensor[][]> {
  const layouts = inputs.map(imageLayoutOf);
  const count = runs * Math.max(1, ...layouts.map((layout) => layout?.images ?? 1));
  const photographs = layouts.some((layout) => layout !== null)
    ? (await loadImages({ dataset: "photographs", size: side, count: Math.min(count, most) }))
        .images
    : null;
  const random = seededRandom(seed);
  return Array.from({ length: runs }, (_, run) =>
    inputs.map((input, index): NamedTensor => {
      const layout = layouts[index]!;
      const values =
        layout === null ? numbers(input, random) : photographsFor(layout, photographs!, run);
      return inputOf(input, values);
    }),
  );
}

/** An input with values, in the type that it has. */
export function inputOf({ name, type, shape }: ModelInput, values: Float32Array): NamedTensor {
  return { name, type, shape, data: arrayFrom(type, values) };
}

function photographsFor(
  layout: ImageLayout,
  { shape: [count], data }: Tensor,
  run: number,
): Float32Array {
  const { images, channels, height, width } = layout;
  const values = new Float32Array(images * channels * height * width);
  for (let image = 0; image < images; image++) {
    const start = ((run * images + image) % count!) * 3 * side * side;
    // An image of one channel is grey: the green of a photograph.
    const planes = (channels === 1 ? [1] : [0, 1, 2]).map((channel) => {
      const first = start + channel * side * side;
      return data.subarray(first, first + side * side);
    });
    placeImage(values, layout, image, (channel, row, column) =>
      between(planes[channel]!, (row / height) * (side - 1), (column / width) * (side - 1)),
    );
  }
  return values;
}

/** The value of a plane between its pixels. */
function between(plane: Float32Array, y: number, x: number): number {
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [down, right] = [y - top, x - left];
  const row = (at: number) =>
    plane[at]! * (1 - right) + plane[Math.min(at + 1, plane.length - 1)]! * right;
  const first = top * side + left;
  return row(first) * (1 - down) + row(Math.min(first + side, plane.length - 1)) * down;
}

function numbers({ type, shape }: ModelInput, random: () => number): Float32Array {
  const isFloat = type.startsWith("float");
  // The sum of twelve uniform numbers, less six, is nearly normal with a deviation of 1.
  const normal = () => Array.from({ length: 12 }, random).reduce((sum, each) => sum + each, -6);
  const next = isFloat ? normal : () => Math.round(random());
  return Float32Array.from({ length: elementCount(shape) }, next);
}

/** The array of a type with the values. */
function arrayFrom(type: NamedTensor["type"], values: Float32Array): ElementArray {
  if (type === "float16") return float16Bits(values);
  if (type === "int64") return BigInt64Array.from(values, BigInt);
  if (type === "uint64") return BigUint64Array.from(values, BigInt);
  return arrayOf[type].from(values) as ElementArray;
}
