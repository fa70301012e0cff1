import { encodeOnnx } from "@sebench/onnx";
import type { Precision } from "@sebench/runtime";
import type { Ort, OrtSessionOptions } from "./binding.ts";
import { feedsOf } from "./feeds.ts";

/**
 * Runs one convolution: rejects where the device starts but cannot compute, as
 * CUDA does without cuDNN.
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

/** One weight on one pixel. */
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
