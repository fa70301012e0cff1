import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tensor } from "@sebench/spec";
import ort from "onnxruntime-node";

type Options = ort.InferenceSession.SessionOptions;

/** The bytes of the model that onnxruntime makes of a model for this machine before running it. */
export async function optimised(model: Uint8Array): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "sebench-optimised-"));
  const optimizedModelFilePath = join(folder, "model.onnx");
  try {
    // Level 3 silences the warning that the file is for this machine only.
    const session = await ort.InferenceSession.create(model, {
      optimizedModelFilePath,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
    });
    await session.release();
    return await readFile(optimizedModelFilePath);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The logits that a model gives for `images`, computed by onnxruntime on the CPU. */
export async function runModel(
  model: Uint8Array,
  images: Tensor,
  options: Options = {},
): Promise<Float32Array> {
  return (await runOutputs(model, images, options)).get("logits")!;
}

/** All outputs of a model for `images`, by name. */
export async function runOutputs(
  model: Uint8Array,
  images: Tensor,
  options: Options = {},
): Promise<Map<string, Float32Array>> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, ...options });
  try {
    const input = new ort.Tensor("float32", images.data, images.shape);
    const outputs = await session.run({ images: input });
    return new Map(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]));
  } finally {
    await session.release();
  }
}
