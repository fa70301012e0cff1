import { readdirSync, readFileSync } from "node:fs";
import {
  describeCpu,
  listNvidiaGpus,
  mayRoundToTf32,
  unmetTf32Wish,
  mappedLibraries,
  stemOf,
} from "@sebench/hardware";
import type { Device, DeviceDescription, EngineOptions, Lack } from "@sebench/runtime";
import type { Tfjs } from "@sebench/tfjs";
import { isFetchable, notFetchable, type AddonKind } from "./addon.ts";
import { lackOfDamaged } from "./find-addon.ts";
import type { TensorflowBackend, TfjsNode } from "./tfjs-node.ts";

/** What differs between the devices of tfjs-node. */
export interface TfjsNodeDevice {
  readonly addon: AddonKind;
  /** Says why there is no addon. */
  explainMissing(): Promise<Lack>;
  /** Says why the loaded library is of no use here, or gives null where it is of use. */
  findAbsence(backend: TensorflowBackend): Promise<Lack | null>;
  describe(options: EngineOptions): Promise<DeviceDescription>;
  /** Observes where the library computes. To be called after timing, as TensorFlow may have to compute for it. */
  observe(library: TfjsNode): Promise<Observation>;
  /** Says why this device did not do the work, or not as asked, or gives null where it did. */
  doubt(observation: Observation, options: EngineOptions): string | null;
}

/** What a loaded library shows of where it computes. */
interface Observation {
  readonly isUsingGpuDevice: boolean;
  /** Threads of the CPU that compute, or null where they cannot be counted or a GPU computes. */
  readonly threads: number | null;
  /** Whether a GPU may round to TF32. */
  readonly tf32: boolean;
  readonly evidence: Readonly<Record<string, unknown>>;
}

const notFetched = {
  reason: "tfjs-node's addon and libtensorflow have not been fetched",
  remedy: "run pnpm bench doctor --fix",
};

const cpuDevice: TfjsNodeDevice = {
  addon: "cpu",
  explainMissing: async () =>
    isFetchable ? ((await lackOfDamaged("cpu")) ?? notFetched) : notFetchable,
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

/** The reason where TensorFlow found no GPU: it then computes on the CPU, and tfjs-node says nothing of it. */
const onCpu = "tfjs-node computed on the CPU: TensorFlow found no GPU";

const noNvidiaGpu = {
  reason: "nvidia-smi lists no NVIDIA GPU on this machine",
  remedy: "use a machine with an NVIDIA GPU and its driver, or --runtime tfjs-node/cpu",
};
const gpuAddonNotFetched = {
  reason: "tfjs-node-gpu's addon and libtensorflow for CUDA have not been fetched",
  remedy: "run pnpm bench doctor --fix",
};

const cudaDevice: TfjsNodeDevice = {
  addon: "gpu",
  async explainMissing() {
    if (!isFetchable) return notFetchable;
    if ((await listNvidiaGpus()).length === 0) return noNvidiaGpu;
    return (await lackOfDamaged("gpu")) ?? gpuAddonNotFetched;
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
      // TensorFlow allows TF32 of its own accord.
      tf32: mayRoundToTf32(gpus, process.env),
      evidence: { gpus, cudaLibraries: await findCudaLibraries() },
    };
  },
  doubt({ isUsingGpuDevice, tf32 }, options) {
    if (!isUsingGpuDevice) return onCpu;
    return unmetTf32Wish(options, tf32);
  },
};

/** The libraries that TensorFlow 2.9.1, built for CUDA 11.2 and cuDNN 8.1, opens to find GPUs. */
const needed = [
  "libcuda.so.1",
  "libcudart.so.11.0",
  "libcublas.so.11",
  "libcublasLt.so.11",
  "libcufft.so.10",
  "libcurand.so.10",
  "libcusolver.so.11",
  "libcusparse.so.11",
  "libcudnn.so.8",
];

/** The libraries of NVIDIA that are in this process and those that are missing. */
interface CudaLibraries {
  /** The names of the loaded files, which have the versions: `libcudart.so.11.2.152`. */
  readonly loaded: readonly string[];
  /** The names by which TensorFlow asks for the missing libraries: `libcudnn.so.8`. */
  readonly missing: readonly string[];
}

/** NVIDIA's libraries in this process, or null where the system does not tell, as on any but Linux. */
async function findCudaLibraries(): Promise<CudaLibraries | null> {
  const mapped = await mappedLibraries();
  return mapped && sortCudaLibraries(mapped);
}

export function sortCudaLibraries(mapped: readonly string[]): CudaLibraries {
  const has = (files: readonly string[], name: string) =>
    files.some((file) => stemOf(file) === stemOf(name));
  return {
    loaded: mapped.filter((file) => has(needed, file)),
    missing: needed.filter((name) => !has(mapped, name)),
  };
}

export const tfjsNodeDevices = {
  cpu: cpuDevice,
  cuda: cudaDevice,
} satisfies Partial<Record<Device, TfjsNodeDevice>>;

/** Milliseconds of CPU time that threads took while TensorFlow computed. */
interface ThreadTimes {
  /** The milliseconds of the thread that called TensorFlow, which computes alone, or takes a share beside the pool and waits. */
  readonly calling: number;
  /** The milliseconds of each other thread that computed. */
  readonly others: readonly number[];
}

/** The share of the busiest thread's time from which a thread counts as computing. Node's own threads, which compile and collect garbage, stay below. */
const computingShare = 0.3;
/** Milliseconds of CPU time of the busiest thread to observe, so that a machine with other work observes as much. */
const observedMs = 200;
const sliceMs = 50;
const patienceMs = 5_000;

/**
 * Has TensorFlow convolve in pieces large enough for every thread of its pool, and reads
 * in /proc which threads computed. Gives null where the system does not tell, as on any
 * but Linux.
 */
function observeThreads(tf: Tfjs): ThreadTimes | null {
  const images = tf.tensor4d(new Float32Array(4 * 64 * 64 * 64), [4, 64, 64, 64]);
  const filter = tf.tensor4d(new Float32Array(3 * 3 * 64 * 64), [3, 3, 64, 64]);
  const convolve = () => tf.conv2d(images, filter, 1, "same").dispose();
  try {
    // Node compiles the JavaScript of a convolution in this first slice.
    repeat(convolve, sliceMs);
    const before = computedMs();
    if (before === null) return null;
    let times = before;
    const start = performance.now();
    do {
      repeat(convolve, sliceMs);
      times = since(before, computedMs() ?? before);
    } while (Math.max(...times.values()) < observedMs && performance.now() - start < patienceMs);
    return sortOut(times);
  } finally {
    images.dispose();
    filter.dispose();
  }
}

/** The number of threads that computed: those of the pool, or the calling one where there is no pool. */
function countComputing({ others }: ThreadTimes): number {
  return others.length || 1;
}

function repeat(work: () => void, ms: number): void {
  const start = performance.now();
  do work();
  while (performance.now() - start < ms);
}

function sortOut(times: ReadonlyMap<string, number>): ThreadTimes {
  const callingId = String(process.pid);
  const least = Math.max(...times.values()) * computingShare;
  const others = [...times].filter(([id, time]) => id !== callingId && time >= least);
  return {
    calling: Math.round(times.get(callingId) ?? 0),
    others: others.map(([, time]) => Math.round(time)),
  };
}

function since(
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
): Map<string, number> {
  return new Map([...now].map(([id, time]) => [id, time - (before.get(id) ?? 0)]));
}

/**
 * Milliseconds of CPU time of each thread of this process, by the thread's id, or null
 * where the system does not tell.
 *
 * @see https://docs.kernel.org/scheduler/sched-stats.html
 */
function computedMs(): Map<string, number> | null {
  try {
    const ids = readdirSync("/proc/self/task");
    return new Map(ids.map((id) => [id, Number(schedstat(id).split(" ")[0]) / 1e6]));
  } catch {
    return null;
  }
}

/** A thread's statistics: nanoseconds on a CPU, nanoseconds in a queue for one, and the number of turns. */
function schedstat(id: string): string {
  return readFileSync(`/proc/self/task/${id}/schedstat`, "utf8");
}
