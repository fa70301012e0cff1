import type { LoweredNetwork } from "@sebench/lowering";
import type {
  EncodedModel,
  Precision,
  RuntimeId,
  SessionOptions,
  StoredModel,
} from "@sebench/runtime";
import { inputShape } from "@sebench/spec";
import { encodeTflite, type GroupedForm } from "@sebench/tflite";

/** The second part of a runtime's id, and what LiteRT.js calls its accelerator. */
export type WebDevice = "wasm" | "webgpu" | "webnn";

/** A network as `.tflite` bytes, with static shapes. */
export interface LitertModel extends EncodedModel {
  readonly bytes: Uint8Array;
  /** The shape of the images, `[batch, channels, height, width]`. */
  readonly inputShape: readonly number[];
  readonly precision: Precision;
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
  return { bytes, byteLength: bytes.byteLength, inputShape: shape, precision };
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
