import path from "node:path";
import { listNvidiaGpus } from "@sebench/hardware";
import { notOnlyOn } from "@sebench/onnxruntime";
import type { NodeDeviceRow } from "./device-row.ts";
import { chooseVulkanDrivers, describeVulkanMachine, type VulkanChoice } from "./vulkan-drivers.ts";
import { doubtDrivers, type GpuDriver, vulkanDriversInUse } from "./vulkan-in-use.ts";
import { loadVulkanLoader, vulkanLoaderVersion } from "./vulkan-loader.ts";
import { explainWebgpuFailure } from "./webgpu-failure.ts";

/** Dawn, which computes for onnxruntime's WebGPU, does so by Vulkan on Linux. */
const byVulkan = process.platform === "linux";

/** Made once a process: it is Dawn's for as long as that lives. */
let choice: Promise<VulkanChoice> | null = null;

export const webgpuRow: NodeDeviceRow = {
  // In Bun what is written to `process.env` does not reach the Vulkan loader.
  hosts: ["node", "deno"],
  precisions: ["fp32", "fp16"],
  requires: { driver: "on Linux, a Vulkan driver of a GPU, or SwiftShader for one in software" },
  executionProvider: "webgpu",
  remedy: "update the GPU's driver",
  trial: "start",
  triesHalves: true,
  keepsSession: true,
  async makeReady() {
    if (byVulkan) await (choice ??= readyVulkan());
  },
  async explain(message) {
    return explainWebgpuFailure(message, {
      vulkan: byVulkan,
      loader: await vulkanLoaderVersion(),
      choice: await (choice ?? noChoice),
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

/** The loader reads the environment when the first session asks it for drivers. */
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
  if (byVulkan) return vulkanDriversInUse(await (choice ?? noChoice));
  // Metal has no driver in software; Windows has one, and does not tell which it took.
  return process.platform === "darwin" ? [{ name: "Metal", software: false }] : [];
}

async function vulkanDetails() {
  const { by, manifests } = await (choice ?? noChoice);
  return {
    vulkanLoader: (await vulkanLoaderVersion()) ?? "none",
    driversChosenBy: by,
    driverManifests: manifests.map((manifest) => path.basename(manifest)).join(", "),
  };
}

/** A driver's library tells the maker; of NVIDIA's GPUs, its own tool tells the name. */
async function nameOf(drivers: readonly GpuDriver[]): Promise<string> {
  if (drivers.some(({ name }) => name.includes("swiftshader"))) return "SwiftShader";
  const gpus = drivers.some(({ name }) => /nvidia/i.test(name)) ? await listNvidiaGpus() : [];
  const names = gpus.length > 0 ? gpus : drivers;
  return [...new Set(names.map(({ name }) => name))].join(" or ") || "a GPU without a name";
}
