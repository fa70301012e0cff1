import { existsSync } from "node:fs";
import path from "node:path";
import { defaultCacheDirectory, findArtifact, readOrigin } from "@sebench/artifacts";
import {
  listNvidiaGpus,
  mappedLibraries,
  mayRoundToTf32,
  versionOf,
  unmetTf32Wish,
} from "@sebench/hardware";
import { notOnlyOn, type ProfileSummary } from "@sebench/onnxruntime";
import type { NodeDeviceRow } from "./device-row.ts";
import { cudaArtifact } from "./nvidia/cuda-artifact.ts";
import { explainNvidiaFailure } from "./nvidia/failure.ts";
import { linkedLibraries } from "./nvidia/linked-libraries.ts";
import {
  enginePackage,
  linkProviderLibraries,
  providerLibraries,
} from "./nvidia/provider-libraries.ts";

/** Whether onnxruntime-node has its providers for NVIDIA's GPUs on this system. */
export const hasNvidiaProviders = process.platform === "linux" && process.arch === "x64";

export const cudaRow = nvidiaRow({
  executionProvider: "cuda",
  provider: "CUDAExecutionProvider",
  name: "CUDA",
});

/**
 * TensorRT alone, with which no session starts where a node is left to another provider.
 * With CUDA as a second provider a session would start, and part of the work would be
 * CUDA's under TensorRT's name. A network that TensorRT takes whole runs as one node,
 * or a few.
 */
export const tensorrtRow = nvidiaRow({
  executionProvider: "tensorrt",
  provider: "TensorrtExecutionProvider",
  name: "TensorRT",
});

/** What differs between CUDA and TensorRT. */
interface NvidiaProvider {
  readonly executionProvider: "cuda" | "tensorrt";
  /** The provider's name in profiles. */
  readonly provider: string;
  /** The provider's name for people. */
  readonly name: string;
}

function nvidiaRow({ executionProvider, provider, name }: NvidiaProvider): NodeDeviceRow {
  return {
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

/** What the machine and this process show of NVIDIA's GPUs and libraries. */
async function nvidiaFacts() {
  const mapped = (await mappedLibraries()) ?? [];
  const { version } = enginePackage();
  const fetched = await findArtifact(cudaArtifact(version), defaultCacheDirectory());
  return {
    // CUDA numbers its devices by its own rule, so that any of several GPUs may be the one.
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
    providers: fetched === null ? null : readOrigin(fetched),
  };
}

/** What an attestation of an NVIDIA device rests on. */
export interface NvidiaObservation {
  readonly profile: ProfileSummary;
  /** The version of NVIDIA's driver library in this process, or null where it is not loaded. */
  readonly driver: string | null;
  /** Whether NVIDIA's libraries may have rounded to TF32. */
  readonly tf32: boolean;
}

/** Why it is not proven that `provider` did all the work as it was asked to, or null where it is. */
export function doubtNvidia(
  provider: string,
  { profile, driver, tf32 }: NvidiaObservation,
  asked: { readonly tf32?: boolean },
): string | null {
  const elsewhere = notOnlyOn(provider, profile);
  if (elsewhere !== null) return elsewhere;
  if (driver === null) return "NVIDIA's driver, libcuda.so, is not in the process";
  return unmetTf32Wish(asked, tf32);
}
