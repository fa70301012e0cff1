import path from "node:path";
import type { Hindrance } from "./device-row.ts";
import type { VulkanChoice } from "./vulkan-drivers.ts";

/** What is known where WebGPU fails. */
export interface WebgpuCircumstances {
  /** Whether it computes by Vulkan, as on Linux. */
  readonly vulkan: boolean;
  /** Version of the Vulkan loader; null where there is none. */
  readonly loader: string | null;
  readonly choice: VulkanChoice;
  /** Manifests of SwiftShader that lie ready. */
  readonly swiftShaders: readonly string[];
}

/** What an error of onnxruntime's WebGPU means; null where its message says it. */
export function explainWebgpuFailure(
  message: string,
  circumstances: WebgpuCircumstances,
): Hindrance | null {
  if (message.includes("Failed to get a WebGPU adapter")) return explainNoAdapter(circumstances);
  if (/out of memory|OUT_OF_(DEVICE|HOST)_MEMORY|Allocation size too large/i.test(message)) {
    return { reason: `the GPU is out of memory: ${lastWords(message)}`, remedy: smaller };
  }
  if (/device (is|was) lost|device lost/i.test(message)) {
    return {
      reason: `the GPU's device was lost: ${lastWords(message)}`,
      remedy: "run it again, and update the GPU's driver where it happens again",
    };
  }
  if (message.includes("requires f16 but the device does not support it")) {
    return {
      reason: "the GPU's driver has no 16-bit floats in its shaders",
      remedy: "take --precision fp32, or a GPU and a driver that have them",
    };
  }
  // A buffer that could not be had is only logged; the shader that then fails is told.
  if (/Too many storage buffers|is invalid due to a previous error/.test(message)) {
    return { reason: `a tensor is too large for the GPU: ${lastWords(message)}`, remedy: smaller };
  }
  return null;
}

const smaller = "choose a smaller --batch or --size, or end what else uses the GPU";

function explainNoAdapter(circumstances: WebgpuCircumstances): Hindrance {
  const { vulkan, loader, choice, swiftShaders } = circumstances;
  if (!vulkan) {
    return { reason: "the system has no GPU for WebGPU", remedy: "update the GPU's driver" };
  }
  if (loader === null) {
    return {
      reason: "the system has no Vulkan loader, libvulkan.so.1",
      remedy: "run apt-get install libvulkan1, or pnpm bench doctor --fix",
    };
  }
  if (choice.manifests.length === 0) {
    return {
      reason: "no Vulkan driver was found",
      remedy: "install the GPU's, or run pnpm bench doctor --fix for one in software",
    };
  }
  const names = choice.manifests.map((manifest) => path.basename(manifest)).join(", ");
  return {
    reason: `WebGPU accepts no device of these Vulkan drivers: ${names}`,
    remedy: otherDriver(choice, swiftShaders),
  };
}

function otherDriver({ manifests, by }: VulkanChoice, swiftShaders: readonly string[]): string {
  if (by === "environment") return "name another driver in VK_ICD_FILENAMES, or unset it";
  const spare = swiftShaders.find((manifest) => !manifests.includes(manifest));
  return spare === undefined
    ? "update the GPU's driver, or run pnpm bench doctor --fix for one in software"
    : `update the GPU's driver, or set VK_ICD_FILENAMES=${spare} for one in software`;
}

/** Without the place in onnxruntime's source that its messages begin with. */
function lastWords(message: string): string {
  const [line = ""] = message.split("\n");
  return line.replace(/^.* (was false\.|Status Message:) /, "");
}
