import path from "node:path";
import { listNvidiaGpus } from "@sebench/hardware";
import { notOnlyOn } from "@sebench/onnxruntime";
import type { Lack } from "@sebench/runtime";
import { shellQuoted } from "@sebench/spec";
import type { NodeDeviceRow } from "./device-row.ts";
import {
  chooseVulkanDrivers,
  describeVulkanMachine,
  type VulkanChoice,
  doubtDrivers,
  type GpuDriver,
  vulkanDriversInUse,
} from "./vulkan/drivers.ts";
import { loadVulkanLoader, vulkanLoaderVersion } from "./vulkan/loader.ts";

/** Whether Dawn, which computes for onnxruntime's WebGPU, does so by Vulkan, as on Linux. */
const byVulkan = process.platform === "linux";

/** The choice of drivers, which is made once a process, as Dawn keeps it. */
let chosenDrivers: Promise<VulkanChoice> | null = null;

export const webgpuRow: NodeDeviceRow = {
  // In Bun what this process writes to `process.env` does not reach the Vulkan loader.
  executionProvider: "webgpu",
  remedy: "update the GPU's driver",
  trial: "start",
  triesHalves: true,
  keepsSession: true,
  async makeReady() {
    if (byVulkan) await (chosenDrivers ??= readyVulkan());
  },
  async explain(message) {
    return explainWebgpuFailure(message, {
      vulkan: byVulkan,
      loader: await vulkanLoaderVersion(),
      choice: await (chosenDrivers ?? noChoice),
      swiftShaders: (await describeVulkanMachine()).swiftShaders,
    });
  },
  async describe() {
    const drivers = await driversInUse();
    return {
      device: {
        name: await nameOf(drivers),
        details: {
          driver: drivers.map(({ name }) => name).join(", "),
          ...(byVulkan ? await vulkanDetails() : {}),
        },
      },
      software: drivers.some(({ software }) => software),
    };
  },
  async judge(profile) {
    const drivers = await driversInUse();
    return {
      reason: notOnlyOn("WebGpuExecutionProvider", profile) ?? doubtDrivers(drivers),
      software: drivers.some(({ software }) => software),
      threads: null,
      tf32: false,
      evidence: { drivers, ...(byVulkan ? await vulkanDetails() : {}) },
    };
  },
};

const noChoice: VulkanChoice = { manifests: [], by: "loader" };

/** Chooses the drivers by the environment, which the loader reads when the first session asks it for drivers. */
async function readyVulkan(): Promise<VulkanChoice> {
  const machine = await describeVulkanMachine();
  const chosen = chooseVulkanDrivers(machine);
  if (chosen.by === "gpu" || chosen.by === "software") {
    process.env["VK_ICD_FILENAMES"] = chosen.manifests.join(path.delimiter);
  }
  await loadVulkanLoader(machine.swiftShaders.map((manifest) => path.dirname(manifest)));
  return chosen;
}

async function driversInUse(): Promise<readonly GpuDriver[]> {
  if (byVulkan) return vulkanDriversInUse(await (chosenDrivers ?? noChoice));
  // Metal has no driver in software. Windows has one, and does not tell which driver it took.
  return process.platform === "darwin" ? [{ name: "Metal", software: false }] : [];
}

async function vulkanDetails() {
  const { by, manifests } = await (chosenDrivers ?? noChoice);
  return {
    vulkanLoader: (await vulkanLoaderVersion()) ?? "none",
    driversChosenBy: by,
    driverManifests: manifests.map((manifest) => path.basename(manifest)).join(", "),
  };
}

/** The name of the GPU, which a driver's library does not tell: NVIDIA's own tool does, and for others the library's name stands in. */
async function nameOf(drivers: readonly GpuDriver[]): Promise<string> {
  if (drivers.some(({ name }) => name.includes("swiftshader"))) return "SwiftShader";
  const gpus = drivers.some(({ name }) => /nvidia/i.test(name)) ? await listNvidiaGpus() : [];
  const names = gpus.length > 0 ? gpus : drivers;
  return [...new Set(names.map(({ name }) => name))].join(" or ") || "a GPU without a name";
}

/** What is known of the machine where WebGPU fails. */
export interface WebgpuCircumstances {
  /** Whether WebGPU computes by Vulkan, as on Linux. */
  readonly vulkan: boolean;
  /** The version of the Vulkan loader, or null where there is none. */
  readonly loader: string | null;
  readonly choice: VulkanChoice;
  /** The manifests of SwiftShader that are on the machine. */
  readonly swiftShaders: readonly string[];
}

/** Explains an error of onnxruntime's WebGPU, or gives null where the error's own message will do. */
export function explainWebgpuFailure(
  message: string,
  circumstances: WebgpuCircumstances,
): Lack | null {
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
  // The engine only logs a buffer that could not be had, and throws for the shader that then fails.
  if (/Too many storage buffers|is invalid due to a previous error/.test(message)) {
    return { reason: `a tensor is too large for the GPU: ${lastWords(message)}`, remedy: smaller };
  }
  return null;
}

const smaller = "choose a smaller --batch or --size, or end what else uses the GPU";

function explainNoAdapter(circumstances: WebgpuCircumstances): Lack {
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
    : `update the GPU's driver, or set VK_ICD_FILENAMES=${shellQuoted(spare)} for one in software`;
}

/** A message's first line without the place in onnxruntime's source that it begins with. */
function lastWords(message: string): string {
  const [line = ""] = message.split("\n");
  return line.replace(/^.* (was false\.|Status Message:) /, "");
}
