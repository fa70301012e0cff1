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
  /** `[batch, channels, height, width]`. */
  readonly inputShape: readonly number[];
  readonly precision: Precision;
}

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

/**
 * The bytes of the smallest model there is: one that only reshapes its input.
 * Making a session of it starts an engine.
 */
export function smallestModel(): Uint8Array {
  const place = { parameters: {}, role: "head", stage: null, block: null } as const;
  const network = {
    name: "smallest",
    nodes: [
      { ...place, name: "input", op: { kind: "input" }, inputs: [], shape: [1, 1, 1] },
      { ...place, name: "logits", op: { kind: "flatten" }, inputs: ["input"], shape: [1] },
    ],
    output: "logits",
  } as const;
  return encodeOnnx({ network, weights: new Map(), lowering: "gemm" }, { batch: 1 });
}
