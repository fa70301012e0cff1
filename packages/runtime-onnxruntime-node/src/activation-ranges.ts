import type { LoweredNetwork } from "@sebench/lowering";
import { measureRanges } from "@sebench/onnxruntime";
import type { ActivationRanges } from "@sebench/runtime";
import type { Tensor } from "@sebench/spec";
import { nodeBinding } from "./binding.ts";
import { onnxruntimeNodeCpu } from "./runtime.ts";

/**
 * What a network's activations range over on some images, by onnxruntime-node on
 * the CPU: what int8 takes its scales from, whichever engine is to run it.
 */
export async function activationRanges(
  lowered: LoweredNetwork,
  images: Tensor,
): Promise<ActivationRanges> {
  const cpu = nodeBinding(onnxruntimeNodeCpu, "cpu", { threads: null });
  return measureRanges(await cpu.start(), cpu.sessionOptions(), lowered, images);
}
