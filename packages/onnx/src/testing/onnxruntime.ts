import type { Tensor } from "@sebench/spec";
import ort from "onnxruntime-node";

/** What a model gives for `images`, computed by onnxruntime on the CPU. */
export async function runModel(model: Uint8Array, images: Tensor): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  try {
    const input = new ort.Tensor("float32", images.data, images.shape);
    const { logits } = await session.run({ images: input });
    return (await logits!.getData()) as Float32Array;
  } finally {
    await session.release();
  }
}
