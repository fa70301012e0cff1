import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { type PreprocessingChoice, readImageFolder } from "@sebench/datasets";
import type { NamedTensor } from "@sebench/runtime";
import { formatShape, InputError } from "@sebench/spec";
import { type ImageLayout, imageLayoutOf, type ModelInput, placeImage } from "./image-layout.ts";
import { inputOf, naturalInputs } from "./natural-inputs.ts";

/** The runs that a folder's images are given to, and where they come from in words. */
export interface ImageRuns {
  readonly runs: readonly (readonly NamedTensor[])[];
  readonly source: string;
}

/** The most runs, since the outputs of each are held against the reference's. */
const mostRuns = 16;

/**
 * Gives a model the images of a folder, in the order of their names: each input that may be an image
 * takes them, and other inputs are seeded. The last run is filled up with the first images.
 *
 * @throws InputError where no input may be an image, or the folder has none that can be read
 */
export async function imageInputs(
  {
    folder,
    preprocessing,
  }: { readonly folder: string; readonly preprocessing: PreprocessingChoice },
  model: string,
  inputs: readonly ModelInput[],
  seed: number,
): Promise<ImageRuns> {
  const layouts = inputs.map(imageLayoutOf);
  if (layouts.every((layout) => layout === null)) {
    const told = inputs.map(({ name, type, shape }) => `${name} ${type} ${formatShape(shape)}`);
    throw new InputError(`${model} takes no images: ${told.join(", ")}`, {
      remedy: "give its inputs as arrays with --inputs FILE.npz",
    });
  }
  const natural = await naturalInputs(inputs, seed);
  let runs: NamedTensor[][] = [];
  let source = "";
  const hash = createHash("sha256");
  for (const [index, layout] of layouts.entries()) {
    if (layout === null) continue;
    const { planes, description } = await readImageFolder({
      folder,
      preprocessing,
      height: layout.height,
      width: layout.width,
      most: mostRuns * layout.images,
    });
    for (const plane of planes) hash.update(plane);
    source ||= `${planes.length} images of ${basename(resolve(folder))} (${description})`;
    if (runs.length === 0) {
      const count = Math.ceil(planes.length / layout.images);
      runs = Array.from({ length: count }, (_, run) => [...natural[run % natural.length]!]);
    }
    for (const [run, given] of runs.entries()) {
      given[index] = inputOf(inputs[index]!, valuesOf(planes, layout, run));
    }
  }
  return { runs, source: `${source}, SHA-256 ${hash.digest("hex").slice(0, 12)}` };
}

/**
 * The values of one run's input, from the next images of the folder.
 *
 * @param planes The values of each image, `[3, height, width]`.
 */
function valuesOf(planes: readonly Float32Array[], layout: ImageLayout, run: number): Float32Array {
  const { images, channels, height, width } = layout;
  const values = new Float32Array(images * channels * height * width);
  for (let image = 0; image < images; image++) {
    const from = planes[(run * images + image) % planes.length]!;
    // An image of one channel is grey: the green of the file.
    const start = (channel: number) => (channels === 1 ? 1 : channel) * height * width;
    placeImage(
      values,
      layout,
      image,
      (channel, row, column) => from[start(channel) + row * width + column]!,
    );
  }
  return values;
}
