import { existsSync } from "node:fs";
import path from "node:path";
import {
  chromiumArtifact,
  fetchArtifact,
  findArtifact,
  hasPackage,
  packageProvision,
  type Provision,
} from "@sebench/artifacts";
import { listNvidiaGpus } from "@sebench/hardware";
import { hasNvidiaProviders } from "./nvidia.ts";
import { cudaArtifact, locateCudaArtifact } from "./nvidia/cuda-artifact.ts";
import { enginePackage, onnxruntimeNode, providerLibraries } from "./nvidia/provider-libraries.ts";
import { chooseVulkanDrivers, describeVulkanMachine } from "./vulkan/drivers.ts";
import { loadVulkanLoader, vulkanLoaderVersion } from "./vulkan/loader.ts";

export const onnxruntimeNodeProvisions: readonly Provision[] = [
  packageProvision(onnxruntimeNode, import.meta.url, {
    runtimes: (["cpu", "cuda", "tensorrt", "webgpu"] as const).map(
      (device) => `onnxruntime-node/${device}`,
    ),
    size: "290 MB",
  }),
  {
    name: "onnxruntime's CUDA and TensorRT providers",
    runtimes: ["onnxruntime-node/cuda", "onnxruntime-node/tensorrt"],
    async missing(cacheDirectory) {
      if (!hasNvidiaProviders || (await listNvidiaGpus()).length === 0) return null;
      if (!hasPackage(onnxruntimeNode, import.meta.url, cacheDirectory)) return null;
      const { version, binaries } = enginePackage();
      const isThere = Object.values(providerLibraries).every((file) =>
        existsSync(path.join(binaries, file)),
      );
      if (isThere || (await findArtifact(cudaArtifact(version), cacheDirectory))) return null;
      return `the libraries of onnxruntime ${version} for CUDA and TensorRT (some 200 MB)`;
    },
    async fetch(options) {
      await fetchArtifact(await locateCudaArtifact(enginePackage().version, options), options);
    },
  },
  {
    name: "a Vulkan driver in software, for onnxruntime-node/webgpu",
    runtimes: ["onnxruntime-node/webgpu"],
    async missing(cacheDirectory) {
      if (process.platform !== "linux" || process.arch !== "x64") return null;
      if (await findArtifact(chromiumArtifact, cacheDirectory)) return null;
      const machine = await describeVulkanMachine();
      const hasDriver = chooseVulkanDrivers(machine).by !== "loader";
      if (hasDriver && (await hasLoader(machine.swiftShaders))) return null;
      return "SwiftShader and a Vulkan loader, as a Chromium brings them (70 MB)";
    },
    async fetch(options) {
      await fetchArtifact(chromiumArtifact, options);
    },
  },
];

async function hasLoader(swiftShaders: readonly string[]): Promise<boolean> {
  await loadVulkanLoader(swiftShaders.map((manifest) => path.dirname(manifest)));
  return (await vulkanLoaderVersion()) !== null;
}
