import type { Lack } from "@sebench/runtime";
import type { LinkedLibraries } from "./linked-libraries.ts";

/** What is known of the machine where CUDA or TensorRT fails. */
export interface NvidiaCircumstances {
  /** The provider's name for people: `CUDA` or `TensorRT`. */
  readonly provider: string;
  /** Whether onnxruntime-node has the provider for this system at all. */
  readonly supported: boolean;
  readonly hasGpu: boolean;
  /** What the provider's library links to, or null where the library itself is not there. */
  readonly linked: LinkedLibraries | null;
}

/** Explains an error of onnxruntime's CUDA or TensorRT, or gives null where the error's own message will do. */
export function explainNvidiaFailure(
  message: string,
  circumstances: NvidiaCircumstances,
): Lack | null {
  if (/Failed to load shared library|no available backend found/.test(message)) {
    return explainNotLoaded(circumstances);
  }
  if (/cuDNN is (unavailable|not available)|libcudnn\S*: cannot open/.test(message)) {
    return {
      reason: "convolutions on CUDA need cuDNN, which the system lacks",
      remedy: installing(["libcudnn.so.9"], circumstances.linked),
    };
  }
  if (
    /out of memory|Failed to allocate memory|smaller than requested|ALLOC_FAILED/i.test(message)
  ) {
    return {
      reason: `the GPU is out of memory${cudaWords(message) ?? ""}`,
      remedy: "choose a smaller --batch or --size, or end what else uses the GPU",
    };
  }
  // The message goes on with the name of the machine, which is nobody's business.
  const told = /(CU[A-Z]+) failure (\d+): ([^;]+?) *;/.exec(message);
  if (told === null) return null;
  const [, library, code, words] = told;
  const reason = `${library} failed: ${words} (error ${code})`;
  return { reason, remedy: library === "CUDA" ? remedyFor(Number(code), circumstances) : again };
}

const again = "run it again, and see dmesg for the driver's own words where it fails again";

function explainNotLoaded(circumstances: NvidiaCircumstances): Lack {
  const { provider, supported, hasGpu, linked } = circumstances;
  if (!supported) {
    return {
      reason: `onnxruntime-node has ${provider} on Linux x64 only, not on ${process.platform} ${process.arch}`,
      remedy: "use a machine with Linux on x64 and an NVIDIA GPU",
    };
  }
  if (!hasGpu) return noGpu;
  if (linked === null) {
    return {
      reason: `onnxruntime's libraries for ${provider} are not there`,
      remedy: "run pnpm bench doctor --fix",
    };
  }
  if (linked.missing.length === 0) {
    return {
      reason: `onnxruntime's library for ${provider} does not load`,
      remedy: "run pnpm bench doctor --fix, and see what onnxruntime writes to standard error",
    };
  }
  return {
    reason: `onnxruntime's library for ${provider} needs ${linked.missing.join(", ")}, which the system lacks`,
    remedy: installing(linked.missing, linked),
  };
}

const noGpu: Lack = {
  reason: "nvidia-smi lists no NVIDIA GPU",
  remedy:
    "use a machine with an NVIDIA GPU and its driver; in a container, start that with --gpus all",
};

/** The remedy for a failure of CUDA, by the number of its `cudaError_t`. */
function remedyFor(code: number, { linked }: NvidiaCircumstances): string {
  switch (code) {
    // The driver is too old, or lacks the forward compatibility that was tried.
    case 35:
    case 803:
    case 804:
      return `install NVIDIA's driver ${driverFor(linked)} or later`;
    case 100:
    case 101:
      return noGpu.remedy;
    // There is no kernel for a GPU of this kind.
    case 209:
      return "use a GPU that this version of onnxruntime was built for";
    default:
      return again;
  }
}

function cudaWords(message: string): string | null {
  const words = /(Failed to allocate memory[^.\n]*|Available memory of[^.\n]*)/.exec(message)?.[1];
  return words === undefined ? null : `: ${words}`;
}

/**
 * The oldest driver that serves the version of CUDA.
 *
 * @see https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/
 */
function driverFor(linked: LinkedLibraries | null): string {
  return cudaMajor(linked) === "12" ? "525" : "580";
}

/** The remedy for libraries that are missing, by packages of NVIDIA's own apt repository. */
function installing(missing: readonly string[], linked: LinkedLibraries | null): string {
  if (missing.includes("libcuda.so.1")) {
    return "install NVIDIA's driver; in a container, start that with --gpus all";
  }
  const major = cudaMajor(linked);
  const packages = [
    ...(missing.some((name) => /^lib(cublas|cudart|curand|cufft|nvrtc)/.test(name))
      ? [major === "12" ? "cuda-libraries-12-9" : `cuda-libraries-${major}-0`]
      : []),
    ...(missing.some((name) => name.startsWith("libnv"))
      ? tensorrtPackages(missing.find((name) => name.startsWith("libnv"))!)
      : []),
    `libcudnn9-cuda-${major}`,
  ];
  return `run apt-get install ${packages.join(" ")} (of NVIDIA's repository), or put the folders of those libraries in LD_LIBRARY_PATH`;
}

function tensorrtPackages(library: string): string[] {
  const version = library.split(".so.")[1] ?? "10";
  return [`libnvinfer${version}`, `libnvinfer-plugin${version}`, `libnvonnxparsers${version}`];
}

/** The major version of the CUDA that the provider was built for. */
function cudaMajor(linked: LinkedLibraries | null): string {
  const names = linked === null ? [] : [...linked.found, ...linked.missing];
  const runtime = names.find((name) => /^lib(cudart|cublas)\.so\.\d+$/.test(name));
  return runtime?.split(".so.")[1] ?? "13";
}
