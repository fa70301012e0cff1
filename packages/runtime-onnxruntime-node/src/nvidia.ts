import { existsSync } from "node:fs";
import path from "node:path";
import { defaultCacheDirectory, findArtifact, readOrigin } from "@sebench/artifacts";
import { listNvidiaGpus, mappedLibraries, mayRoundToTf32, versionOf } from "@sebench/hardware";
import { cudaArtifact } from "./cuda-artifact.ts";
import type { NodeDeviceRow } from "./device-row.ts";
import { enginePackage } from "./engine-package.ts";
import { linkedLibraries } from "./linked-libraries.ts";
import { doubtNvidia } from "./nvidia-doubt.ts";
import { explainNvidiaFailure } from "./nvidia-failure.ts";
import { linkProviderLibraries, providerLibraries } from "./provider-libraries.ts";

/** onnxruntime-node has its providers for NVIDIA's GPUs on no other system. */
export const hasNvidiaProviders = process.platform === "linux" && process.arch === "x64";

export const cudaRow = nvidiaRow({
  executionProvider: "cuda",
  provider: "CUDAExecutionProvider",
  name: "CUDA",
  precisions: ["fp32", "fp16"],
  libraries: "CUDA 13 and cuDNN 9",
});

/**
 * TensorRT alone: where it leaves a node to another provider, no session starts.
 * With CUDA as a second one it would, and a part of the work be CUDA's, under
 * TensorRT's name. A network that it takes whole runs as one node, or a few.
 */
export const tensorrtRow = nvidiaRow({
  executionProvider: "tensorrt",
  provider: "TensorrtExecutionProvider",
  name: "TensorRT",
  // Its fp16 is an option of the provider, which onnxruntime-node has no way to set: the options
  // that it does give keep the provider from reading the environment. Nor would a profile show it.
  precisions: ["fp32"],
  libraries: "CUDA 13, cuDNN 9 and TensorRT 10",
});

interface NvidiaProvider {
  readonly executionProvider: "cuda" | "tensorrt";
  /** As profiles name it. */
  readonly provider: string;
  /** For people. */
  readonly name: string;
  readonly precisions: NodeDeviceRow["precisions"];
  readonly libraries: string;
}

function nvidiaRow({
  executionProvider,
  provider,
  name,
  precisions,
  libraries,
}: NvidiaProvider): NodeDeviceRow {
  return {
    hosts: ["node"],
    precisions,
    requires: {
      gpu: "NVIDIA, with its driver, on Linux x64",
      libraries,
      providers: "fetched by pnpm bench doctor --fix",
    },
    executionProvider,
    remedy: "install NVIDIA's driver, CUDA and cuDNN, and run pnpm bench doctor",
    trial: "compute",
    triesHalves: false,
    keepsSession: false,
    makeReady,
    async explain(message) {
      const library = path.join(enginePackage().binaries, providerLibraries[executionProvider]);
      return explainNvidiaFailure(message, {
        provider: name,
        supported: hasNvidiaProviders,
        hasGpu: (await listNvidiaGpus()).length > 0,
        linked: existsSync(library) ? await linkedLibraries(library) : null,
      });
    },
    async describe() {
      const { gpus, loaded } = await nvidiaFacts();
      const names = [...new Set(gpus.map((gpu) => gpu.name))];
      const told = Object.entries(loaded).filter(([, version]) => version !== null);
      return {
        device: {
          name: names.join(" or ") || "an NVIDIA GPU",
          details: { gpus: gpus.length, ...(Object.fromEntries(told) as Record<string, string>) },
        },
        software: false,
      };
    },
    async judge(profile, options) {
      const facts = await nvidiaFacts();
      const tf32 = mayRoundToTf32(facts.gpus, process.env);
      const { driver } = facts.loaded;
      return {
        reason: doubtNvidia(provider, { profile, driver, tf32 }, options),
        software: false,
        threads: null,
        tf32,
        evidence: { ...facts },
      };
    },
  };
}

async function makeReady(): Promise<void> {
  if (!hasNvidiaProviders) return;
  const { version, binaries } = enginePackage();
  const fetched = await findArtifact(cudaArtifact(version), defaultCacheDirectory());
  if (fetched !== null) await linkProviderLibraries(fetched, binaries);
}

/** What the machine and this process show. */
async function nvidiaFacts() {
  const mapped = (await mappedLibraries()) ?? [];
  const { version } = enginePackage();
  const fetched = await findArtifact(cudaArtifact(version), defaultCacheDirectory());
  return {
    // CUDA numbers its devices by its own rule, so several may be the one.
    gpus: await listNvidiaGpus(),
    environment: {
      CUDA_VISIBLE_DEVICES: process.env["CUDA_VISIBLE_DEVICES"] ?? null,
      NVIDIA_TF32_OVERRIDE: process.env["NVIDIA_TF32_OVERRIDE"] ?? null,
    },
    loaded: {
      driver: versionOf("libcuda.so", mapped),
      cudaRuntime: versionOf("libcudart.so", mapped),
      cublas: versionOf("libcublas.so", mapped),
      cudnn: versionOf("libcudnn.so", mapped),
      tensorrt: versionOf("libnvinfer.so", mapped),
    },
    providers: fetched === null ? null : await readOrigin(fetched),
  };
}
