import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@sebench/artifacts";
import { loadImages } from "@sebench/datasets";
import { writeRunInputs } from "@sebench/jobs";
import { seededRandom } from "@sebench/measure";
import { float16Bits } from "@sebench/weights";
import { arrayOf, type ElementArray, type NamedTensor } from "@sebench/runtime";
import { elementCount, type Tensor } from "@sebench/spec";
import type { ModelRequest } from "../plan/options.ts";
import { type ModelInput, type OpenedModel, openModels } from "./open-model.ts";

/** A model with the inputs that its runs are given. */
export interface FedModel {
  readonly model: OpenedModel;
  readonly given: GivenInputs;
}

/** The inputs that the runs of a model are given. */
interface GivenInputs {
  /** The absolute path of the file that `writeRunInputs` has written. */
  readonly path: string;
  /** Where they come from, in words. */
  readonly source: string;
  /** The number of runs that they are for. */
  readonly count: number;
}

/** Models that are open, with their twins and inputs in a folder that disposing removes. */
interface FedModels extends AsyncDisposable {
  readonly models: readonly FedModel[];
}

/**
 * Opens the models of a run and makes their inputs.
 *
 * @param request the models, or null where none were named
 * @param tell takes what a person should know of a model, a line at a time
 */
export async function feedModels(
  request: ModelRequest | null,
  seed: number,
  tell: (line: string) => void,
): Promise<FedModels> {
  if (request === null) return { models: [], async [Symbol.asyncDispose]() {} };
  const folder = await temporaryFolder("models");
  const close = () => folder[Symbol.asyncDispose]();
  try {
    const models: FedModel[] = [];
    for (const model of await openModels(request.paths, request.sizes, folder.path)) {
      for (const note of model.notes) tell(note);
      models.push({ model, given: await giveInputs(model, seed, folder.path) });
    }
    return { models, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes the inputs of a model's runs and writes them where jobs read them. */
async function giveInputs(model: OpenedModel, seed: number, folder: string): Promise<GivenInputs> {
  const runs = await naturalInputs(model.inputs, seed);
  const path = join(folder, `${model.se.sha256}.inputs`);
  await writeFile(path, writeRunInputs(runs));
  return { path, source: "seeded inputs", count: runs.length };
}

/** The number of runs whose inputs differ. */
const runs = 4;

/** The side of the photographs that images are made of, in pixels. */
const side = 320;

/**
 * Makes inputs for a model whose person gives none: photographs for what may be an image, in the
 * size and order of axes that the model has, normal numbers for other floats, and zeros and ones for
 * integers, which are indices and masks that every model can take.
 */
export async function naturalInputs(
  inputs: readonly ModelInput[],
  seed: number,
): Promise<NamedTensor[][]> {
  const count = runs * Math.max(1, ...inputs.map(imagesIn));
  const photographs = inputs.some((input) => layoutOf(input) !== null)
    ? (await loadImages({ dataset: "photographs", size: side, count: Math.min(count, most) }))
        .images
    : null;
  const random = seededRandom(seed);
  return Array.from({ length: runs }, (_, run) =>
    inputs.map((input): NamedTensor => {
      const { name, type, shape } = input;
      const layout = layoutOf(input);
      const values =
        layout === null ? numbers(input, random) : imagesFor(input, layout, photographs!, run);
      return { name, type, shape, data: arrayFrom(type, values) };
    }),
  );
}

/** The most photographs that are read; beyond that they repeat. */
const most = 16;

/** The places of channels, height and width among an image's axes. */
interface Layout {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** How an input holds images, or null where it may hold none. */
function layoutOf({ type, shape }: ModelInput): Layout | null {
  if (!type.startsWith("float") || shape.length !== 4) return null;
  const isColour = (axis: number) => shape[axis] === 1 || shape[axis] === 3;
  const isLarge = (...axes: number[]) => axes.every((axis) => shape[axis]! >= 8);
  if (isColour(1) && isLarge(2, 3)) return { channels: 1, height: 2, width: 3 };
  if (isColour(3) && isLarge(1, 2)) return { channels: 3, height: 1, width: 2 };
  return null;
}

const imagesIn = (input: ModelInput) => (layoutOf(input) === null ? 1 : input.shape[0]!);

function imagesFor(
  { shape }: ModelInput,
  layout: Layout,
  { shape: [count], data }: Tensor,
  run: number,
): Float32Array {
  const [images, channels] = [shape[0]!, shape[layout.channels]!];
  const [height, width] = [shape[layout.height]!, shape[layout.width]!];
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const values = new Float32Array(elementCount(shape));
  for (let image = 0; image < images; image++) {
    const start = ((run * images + image) % count!) * 3 * side * side;
    for (let channel = 0; channel < channels; channel++) {
      // An image of one channel is grey: the green of a photograph.
      const plane = start + (channels === 1 ? 1 : channel) * side * side;
      const from = data.subarray(plane, plane + side * side);
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const at =
            image * strides[0]! +
            channel * strides[layout.channels]! +
            row * strides[layout.height]! +
            column * strides[layout.width]!;
          values[at] = between(from, (row / height) * (side - 1), (column / width) * (side - 1));
        }
      }
    }
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
