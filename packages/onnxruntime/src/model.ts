import type { LoweredNetwork } from "@sebench/lowering";
import { encodeOnnx } from "@sebench/onnx";
import {
  type EncodedModel,
  type Precision,
  requireRanges,
  type SessionOptions,
} from "@sebench/runtime";
import { inputShape } from "@sebench/spec";

/** A network as ONNX bytes, with static shapes. */
export interface OnnxModel extends EncodedModel {
  readonly bytes: Uint8Array;
  /** The shape of the input, `[batch, channels, height, width]`. */
  readonly inputShape: readonly number[];
  readonly precision: Precision;
}

/** @throws InputError where int8 is asked for without the network's ranges */
export function encodeModel(lowered: LoweredNetwork, options: SessionOptions): OnnxModel {
  const { batch, precision } = options;
  const { network } = lowered;
  const bytes =
    precision === "int8"
      ? encodeOnnx(lowered, { batch, precision, ranges: requireRanges(options, network.name) })
      : encodeOnnx(lowered, { batch, precision });
  return {
    bytes,
    byteLength: bytes.byteLength,
    inputShape: [batch, ...inputShape(network)],
    precision,
  };
}
