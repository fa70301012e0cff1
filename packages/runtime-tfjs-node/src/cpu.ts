import { describeCpu } from "@sebench/hardware";
import { isFetchable, notFetchable } from "./addon.ts";
import { countComputing, observeThreads } from "./compute-threads.ts";
import type { TfjsNodeDevice } from "./device.ts";

const notFetched = {
  reason: "tfjs-node's addon and libtensorflow have not been fetched",
  remedy: "run pnpm bench doctor --fix",
};

export const cpuDevice: TfjsNodeDevice = {
  addon: "cpu",
  requires: { libtensorflow: "fetched by pnpm bench doctor --fix, for Linux on x64" },
  explainMissing: async () => (isFetchable ? notFetched : notFetchable),
  async findAbsence() {
    if (process.platform === "linux") return null;
    return {
      reason:
        "the threads that TensorFlow computes with can be counted, and so proven, on Linux only",
      remedy: "use Linux, or --runtime onnxruntime-node/cpu",
    };
  },
  describe: async ({ threads }) => describeCpu(threads),
  async observe({ tf, backend: { isUsingGpuDevice } }) {
    const times = observeThreads(tf);
    return {
      isUsingGpuDevice,
      threads: times && countComputing(times),
      tf32: false,
      evidence: { threadTimesMs: times },
    };
  },
  doubt({ isUsingGpuDevice, threads }, options) {
    if (isUsingGpuDevice) return "tfjs-node computed on a GPU";
    if (threads === null) return "the threads that TensorFlow computes with cannot be counted";
    if (options.threads === null || options.threads === threads) return null;
    return `${options.threads} threads were asked for, and TensorFlow computes with ${threads}`;
  },
};
