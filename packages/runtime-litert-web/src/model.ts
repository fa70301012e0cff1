import type { LoweredNetwork } from "@sebench/lowering";
import {
  arrayOf,
  channelsLast,
  type ElementArray,
  type ElementType,
  type EncodedModel,
  imagesOfRun,
  type ModelFile,
  type NamedTensor,
  type Precision,
  requireBatch,
  type RunInput,
  type RuntimeId,
  type SessionOptions,
  type StoredModel,
} from "@sebench/runtime";
import { elementCount, InputError, inputShape } from "@sebench/spec";
import { encodeTflite, type GroupedForm, readTflite, type TfliteFile } from "@sebench/tflite";

/** The second part of a runtime's id, and what LiteRT.js calls its accelerator. */
export type WebDevice = "wasm" | "webgpu" | "webnn";

/** A network as `.tflite` bytes with static shapes, or a user's file. */
export interface LitertModel extends EncodedModel {
  readonly bytes: Uint8Array;
  /** The shape of the images, `[batch, channels, height, width]`; of a file that of its first input. */
  readonly inputShape: readonly number[];
  /** The precision that is asked for, or null of a file, which is run as the engine chooses. */
  readonly precision: Precision | null;
  /** What goes into a user's file and comes out of it, in its order, or null of a network. */
  readonly file: {
    readonly inputs: readonly FileValue[];
    readonly outputs: readonly FileValue[];
  } | null;
}

/** An input or output of a user's file. */
export interface FileValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

/**
 * Takes a user's file, which is read before the engine sees it.
 *
 * @throws InputError that says what is wrong with it
 */
export function fileModel({ source, byteLength }: ModelFile): LitertModel {
  if (typeof source === "string") throw new Error("LiteRT.js takes the bytes of a file");
  const file = readTflite(source);
  const valuesOf = (indices: readonly number[]) => indices.map((index) => valueOf(file, index));
  const [inputs, outputs] = [valuesOf(file.inputs), valuesOf(file.outputs)];
  const first = inputs[0]?.shape ?? [];
  const about = { inputShape: first, precision: null, file: { inputs, outputs } };
  return { bytes: source, byteLength, ...about };
}

function valueOf({ tensors }: TfliteFile, index: number): FileValue {
  const { name, type, shape, free } = tensors[index]!;
  if (!free && Object.hasOwn(arrayOf, type)) return { name, type: type as ElementType, shape };
  const what = free ? "has a free length" : `is of the type ${type}`;
  throw new InputError(`${name} ${what}, with which LiteRT.js is not run here`, {
    remedy: "convert the model with static shapes, and with numbers for inputs and outputs",
  });
}

/**
 * Encodes a network for an accelerator. On WebGPU a convolution in groups gives wrong numbers,
 * without a word, unless a group's inputs and outputs are multiples of four.
 */
export function encodeModel(
  runtime: RuntimeId,
  lowered: LoweredNetwork,
  { batch, precision }: SessionOptions,
): LitertModel {
  const grouped: GroupedForm = runtime === "litert-web/webgpu" ? "grouped-by-fours" : "grouped";
  const weights = precision === "fp16" ? "fp16" : "fp32";
  const bytes = encodeTflite(lowered, { batch, precision: weights, grouped });
  const shape = [batch, ...inputShape(lowered.network)];
  return { bytes, byteLength: bytes.byteLength, inputShape: shape, precision, file: null };
}

/** Encodes a network as the `.tflite` file that a deployment ships. */
export function storeModel(
  runtime: RuntimeId,
  lowered: LoweredNetwork,
  options: SessionOptions,
): StoredModel {
  const { bytes, ...head } = encodeModel(runtime, lowered, options);
  return { head, bytes };
}

/** A value that a run is given. */
export interface Feed {
  readonly shape: readonly number[];
  readonly data: ElementArray;
}

/** The images of a run in the order of TensorFlow Lite. */
export function feedOfImages(input: RunInput, shape: readonly number[]): Feed {
  const images = imagesOfRun(input);
  requireBatch(images, shape);
  return { shape: lastOf(shape), data: channelsLast(images.data, shape) };
}

export function feedOfNoPattern(shape: readonly number[]): Feed {
  const golden = (Math.sqrt(5) - 1) / 2;
  const length = elementCount(shape);
  const data = Float32Array.from({ length }, (_, at) => 2 * ((at * golden) % 1) - 1);
  return { shape: lastOf(shape), data };
}

/** The shape of images with their channels last. */
function lastOf([batch, channels, height, width]: readonly number[]): number[] {
  return [batch!, height!, width!, channels!];
}

/**
 * The inputs of a run in the order of the file.
 *
 * @throws InputError where they are not those of the file
 */
export function namedFeeds(inputs: readonly FileValue[], given: readonly NamedTensor[]): Feed[] {
  return inputs.map(({ name, shape }) => {
    const found = given.find((each) => each.name === name);
    if (found === undefined || found.shape.join() !== shape.join()) {
      const what = found === undefined ? "nothing" : found.shape.join("x");
      throw new InputError(
        `the model's input ${name} is ${shape.join("x")}, and was given ${what}`,
        {
          remedy: "give each input in its own shape",
        },
      );
    }
    return { shape, data: found.data.slice() as ElementArray };
  });
}

export function namedOutputs(
  outputs: readonly FileValue[],
  values: readonly ElementArray[],
): NamedTensor[] {
  return outputs.map(({ name, type, shape }, at) => {
    return { name, type, shape, data: values[at]! };
  });
}
