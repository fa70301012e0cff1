import { encodeOnnx } from "@sebench/onnx";
import type { Precision } from "@sebench/runtime";
import type { InferenceSession, Ort, OrtSessionOptions } from "./binding.ts";
import { feedsOf } from "./feeds.ts";

/** Makes a session of the smallest model. Rejects where its device does not start. */
export function tryDevice(ort: Ort, options: OrtSessionOptions): Promise<InferenceSession> {
  return ort.InferenceSession.create(smallestModel(), options);
}

/**
 * Runs one convolution. Rejects where the device starts but cannot compute, as CUDA
 * does without cuDNN.
 */
export async function tryConvolution(
  ort: Ort,
  options: OrtSessionOptions,
  precision: Exclude<Precision, "int8"> = "fp32",
): Promise<void> {
  const session = await ort.InferenceSession.create(convolution(precision), options);
  try {
    const pixel = new ort.Tensor("float32", new Float32Array(1), [1, 1, 1, 1]);
    await session.run(feedsOf(session, pixel));
  } finally {
    await session.release();
  }
}

/** The bytes of a model that convolves one pixel with one weight. */
function convolution(precision: Exclude<Precision, "int8">): Uint8Array {
  const place = { role: "head", stage: null, block: null, shape: [1, 1, 1] } as const;
  const weight = { name: "weight", shape: [1, 1, 1, 1] };
  const window = { kernel: [1, 1], stride: [1, 1], pads: [0, 0, 0, 0] } as const;
  const conv = { kind: "conv2d", outChannels: 1, groups: 1, ...window } as const;
  const network = {
    name: "convolution",
    nodes: [
      { ...place, name: "input", op: { kind: "input" }, inputs: [], parameters: {} },
      { ...place, name: "conv", op: conv, inputs: ["input"], parameters: { weight } },
    ],
    output: "conv",
  } as const;
  const weights = new Map([["weight", { shape: weight.shape, data: Float32Array.of(1) }]]);
  return encodeOnnx({ network, weights, lowering: "gemm" }, { batch: 1, precision });
}

/** The bytes of the smallest model, which only reshapes its input. Making a session of it starts an engine. */
function smallestModel(): Uint8Array {
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
