import type { LoweredNetwork } from "@sebench/lowering";
import { encodeOnnx } from "@sebench/onnx";
import {
  type ActivationRanges,
  type EncodedModel,
  type ModelFile,
  type Precision,
  requireRanges,
  type SessionOptions,
  type StoredModel,
} from "@sebench/runtime";
import { InputError, inputShape, type Network } from "@sebench/spec";
import type { Binding, InferenceSession, OrtSessionOptions } from "./binding.ts";

/** A network as ONNX bytes, with static shapes, or a file of the user's. */
export type OnnxModel = NetworkModel | FileModel;

export interface NetworkModel extends EncodedModel {
  readonly kind: "network";
  readonly bytes: Uint8Array;
  /** The shape of the input, `[batch, channels, height, width]`. */
  readonly inputShape: readonly number[];
  readonly precision: Precision;
  /** The layers that stay in float32 in int8, since the ranges keep what they read there. */
  readonly floatLayers: number;
}

interface FileModel extends ModelFile {
  readonly kind: "file";
}

/** @throws InputError where int8 is asked for without the network's ranges */
export function encodeModel(lowered: LoweredNetwork, options: SessionOptions): NetworkModel {
  const { batch, precision } = options;
  const { network } = lowered;
  const bytes =
    precision === "int8"
      ? encodeOnnx(lowered, { batch, precision, ranges: requireRanges(options, network.name) })
      : encodeOnnx(lowered, { batch, precision });
  return {
    kind: "network",
    bytes,
    byteLength: bytes.byteLength,
    inputShape: [batch, ...inputShape(network)],
    precision,
    floatLayers:
      precision === "int8" ? floatLayersOf(network, requireRanges(options, network.name)) : 0,
  };
}

function floatLayersOf({ nodes }: Network, ranges: ActivationRanges): number {
  return nodes.filter(({ op, inputs }) => {
    const isLayer = op.kind === "conv2d" || op.kind === "dense";
    return isLayer && ranges[inputs[0]!] === null;
  }).length;
}

/** Encodes a network as the ONNX file that a deployment ships. */
export function storeModel(lowered: LoweredNetwork, options: SessionOptions): StoredModel {
  const { bytes, ...head } = encodeModel(lowered, options);
  return { head, bytes };
}

/** Creates onnxruntime's own session of a model. */
export async function createSession(
  binding: Binding,
  model: OnnxModel,
  more: OrtSessionOptions = {},
): Promise<InferenceSession> {
  const { InferenceSession } = await binding.start();
  const options = { ...binding.sessionOptions(), ...more };
  if (model.kind === "network") return InferenceSession.create(model.bytes, options);
  const { source, external } = model;
  const isFound = external.length === 0 || binding.findsWeights === true;
  const placed = isFound ? {} : { externalData: [...external] };
  // The two overloads of `create` do not take what may be either.
  return typeof source === "string"
    ? InferenceSession.create(source, { ...options, ...placed })
    : InferenceSession.create(source, { ...options, ...placed });
}

/** @throws InputError where the binding's kernels do not compute in the network's layout */
export function requireLayout(
  { runtime, layouts = [] }: Pick<Binding, "runtime" | "layouts">,
  { lowering, layout = "engine" }: Pick<LoweredNetwork, "lowering" | "layout">,
): void {
  if (layout === "engine" || layouts.includes(layout)) return;
  throw new InputError(`${runtime.id} has no kernels for the layout ${layout} of ${lowering}`, {
    remedy: `take it on onnxruntime-node/cpu, or leave "${layout}/" out of --lowering`,
  });
}
