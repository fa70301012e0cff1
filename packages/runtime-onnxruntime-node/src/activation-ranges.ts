import type { LoweredNetwork } from "@sebench/lowering";
import { measureRanges } from "@sebench/onnxruntime";
import type { ActivationRanges } from "@sebench/runtime";
import type { Tensor } from "@sebench/spec";
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
