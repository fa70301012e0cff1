import type { LoweredNetwork } from "@sebench/lowering";
import { encodeRangesModel } from "@sebench/onnx";
import { type Ort, type OrtSessionOptions, feedsOf } from "@sebench/onnxruntime";
import type { ActivationRanges } from "@sebench/runtime";
import { type Tensor, elementCount, InputError, inputShape, sameShape } from "@sebench/spec";
import { nodeBinding } from "./binding.ts";
import { onnxruntimeNodeCpu } from "./runtime.ts";

/**
 * Measures the ranges of a network's activations over some images with onnxruntime-node
 * on the CPU. int8 takes its scales from these, whichever engine runs it.
 */
export async function activationRanges(
  lowered: LoweredNetwork,
  images: Tensor,
): Promise<ActivationRanges> {
  const cpu = nodeBinding(onnxruntimeNodeCpu, "cpu", { threads: null });
  return measureRanges(await cpu.start(), cpu.sessionOptions(), lowered, images);
}

/**
 * Measures the least and the greatest value of every node's output over some images
 * `[n, channels, height, width]`, which the engine computes in fp32. onnxruntime's
 * `quantize_static` takes these by default (`CalibrationMethod.MinMax`).
 *
 * @throws InputError where there is no image, or the images are not of the network's size
 */
export async function measureRanges(
  { InferenceSession, Tensor }: Ort,
  options: OrtSessionOptions,
  lowered: LoweredNetwork,
  images: Tensor,
): Promise<ActivationRanges> {
  const [count = 0, ...shape] = images.shape;
  if (count < 1 || !sameShape(shape, inputShape(lowered.network))) {
    throw new InputError(`ranges cannot be measured on images of shape ${images.shape.join("x")}`, {
      remedy: "give at least one image of the network's size",
    });
  }
  const { bytes, outputs } = encodeRangesModel(lowered);
  const session = await InferenceSession.create(bytes, options);
  try {
    const ranges = new Map<string, readonly [number, number]>();
    const size = elementCount(shape);
    for (let image = 0; image < count; image++) {
      const data = images.data.slice(image * size, (image + 1) * size);
      const told = await session.run(feedsOf(session, new Tensor("float32", data, [1, ...shape])));
      const valueOf = (name: string) => (told[name]!.data as Float32Array)[0]!;
      for (const [node, [least, greatest]] of outputs) {
        const [low, high] = ranges.get(node) ?? [Infinity, -Infinity];
        ranges.set(node, [Math.min(low, valueOf(least)), Math.max(high, valueOf(greatest))]);
      }
    }
    return Object.fromEntries(ranges);
  } finally {
    await session.release();
  }
}
