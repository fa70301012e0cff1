import ort from "onnxruntime-node";

/** What onnxruntime gives for one input, with the graph as the file has it. */
export async function runOnnx(
  path: string,
  dims: readonly number[],
  data: Float32Array,
): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(path, {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const input = new ort.Tensor("float32", data, dims);
    const outputs = await session.run({ [session.inputNames[0]!]: input });
    return outputs[session.outputNames[0]!]!.data as Float32Array;
  } finally {
    await session.release();
  }
}

/** Values from 0 to 1 that differ from place to place. */
export function ramps(dims: readonly number[]): Float32Array {
  const size = dims.reduce((all, dim) => all * dim, 1);
  return Float32Array.from({ length: size }, (_, index) => ((index * 37) % 101) / 101);
}
