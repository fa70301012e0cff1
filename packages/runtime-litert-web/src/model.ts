import type { LoweredNetwork } from "@sebench/lowering";
import {
  arrayOf,
  type ElementType,
  type EncodedModel,
  type ModelFile,
  type Precision,
  type RuntimeId,
  type SessionOptions,
  type StoredModel,
} from "@sebench/runtime";
import { InputError, inputShape } from "@sebench/spec";
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
  return {
    bytes: source,
    byteLength,
    inputShape: inputs[0]?.shape ?? [],
    precision: null,
    file: { inputs, outputs },
  };
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
