import type { NvidiaGpu } from "./nvidia-smi.ts";

/**
 * Whether NVIDIA's libraries may have rounded factors to TF32 in this process.
 * GPUs from Ampere on (compute capability 8.0) have TF32, and cuBLAS, cuDNN and
 * TensorRT do without it only if NVIDIA_TF32_OVERRIDE is 0. What is not known counts
 * as yes.
 *
 * @see https://developer.nvidia.com/blog/accelerating-ai-training-with-tf32-tensor-cores/
 */
export function mayRoundToTf32(
  gpus: readonly Pick<NvidiaGpu, "computeCapability">[],
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (environment.NVIDIA_TF32_OVERRIDE === "0") return false;
  return gpus.length === 0 || gpus.some(({ computeCapability }) => hasTf32(computeCapability));
}

function hasTf32(computeCapability: string | null): boolean {
  return computeCapability === null || Number.parseFloat(computeCapability) >= 8;
}

/** The reason why TF32 may have been used although it was to be off, or null if it was not. */
export function unmetTf32Wish(
  asked: { readonly tf32?: boolean },
  mayHaveRounded: boolean,
): string | null {
  if (asked.tf32 !== false || !mayHaveRounded) return null;
  return "TF32 was to be off, and this process was started without NVIDIA_TF32_OVERRIDE=0";
}
