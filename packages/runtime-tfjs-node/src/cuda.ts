import { listNvidiaGpus, mayRoundToTf32, unmetTf32Wish } from "@sebench/hardware";
import { isFetchable, notFetchable } from "./addon.ts";
import { findCudaLibraries } from "./cuda-libraries.ts";
import type { TfjsNodeDevice } from "./device.ts";

/** TensorFlow then computes on the CPU, and tfjs-node says nothing of it. */
const onCpu = "tfjs-node computed on the CPU: TensorFlow found no GPU";

const noNvidiaGpu = {
  reason: "nvidia-smi lists no NVIDIA GPU on this machine",
  remedy: "use a machine with an NVIDIA GPU and its driver, or --runtime tfjs-node/cpu",
};
const notFetched = {
  reason: "tfjs-node-gpu's addon and libtensorflow for CUDA have not been fetched",
  remedy: "run pnpm bench doctor --fix",
};

export const cudaDevice: TfjsNodeDevice = {
  addon: "gpu",
  requires: {
    gpu: "NVIDIA, with its driver, CUDA 11.2 and cuDNN 8.1",
    libtensorflow: "fetched by pnpm bench doctor --fix, for Linux on x64",
  },
  async explainMissing() {
    if (!isFetchable) return notFetchable;
    return (await listNvidiaGpus()).length > 0 ? notFetched : noNvidiaGpu;
  },
  async findAbsence({ isUsingGpuDevice }) {
    if (isUsingGpuDevice) return null;
    const missing = (await findCudaLibraries())?.missing ?? [];
    const without = missing.length > 0 ? `, without ${missing.join(", ")}` : "";
    return {
      reason: `${onCpu}${without}`,
      remedy:
        "install NVIDIA's driver, CUDA 11.2 and cuDNN 8.1, and put their folders in LD_LIBRARY_PATH",
    };
  },
  async describe() {
    const gpus = await listNvidiaGpus();
    const names = [...new Set(gpus.map(({ name }) => name))];
    return {
      name: names.join(" or ") || "an NVIDIA GPU",
      details: { driver: gpus[0]?.driver ?? "unknown", gpus: gpus.length },
    };
  },
  async observe({ backend: { isUsingGpuDevice } }) {
    const gpus = await listNvidiaGpus();
    return {
      isUsingGpuDevice,
      threads: null,
      // TensorFlow allows it of its own accord.
      tf32: mayRoundToTf32(gpus, process.env),
      evidence: { gpus, cudaLibraries: await findCudaLibraries() },
    };
  },
  doubt({ isUsingGpuDevice, tf32 }, options) {
    if (!isUsingGpuDevice) return onCpu;
    return unmetTf32Wish(options, tf32);
  },
};
