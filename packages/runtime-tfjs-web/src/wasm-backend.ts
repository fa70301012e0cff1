import type { EngineOptions } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { Tfjs } from "@sebench/tfjs";
import { fetchedBinary, otherThreads, type WorkingThreads } from "@sebench/web-device";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { Rank } from "@tensorflow/tfjs-core";
import { chooseBackend } from "./choose-backend.ts";
import { requireFloat32 } from "./mantissa.ts";
import type { WebBackend } from "./web-backend.ts";

export const wasmBackend: WebBackend = {
  missing: async () => null,
  async start(tf, options) {
    const { threads } = options;
    const { setThreadsCount, setWasmPaths, getThreadsCount } =
      await import("@tensorflow/tfjs-backend-wasm");
    const folder = new URL(options.assetsUrl ?? "", location.href).href;
    setWasmPaths(folder);
    if (threads !== null) setThreadsCount(threads);
    const backend = await startBinary(tf, options, folder);
    await requireFloat32(tf);
    const binary = fetchedBinary();
    const simd = binary?.includes("simd") ?? false;
    const count = getThreadsCount();
    const cores = navigator.hardwareConcurrency;
    return {
      device: {
        name: "WebAssembly",
        details: { threads: count, simd, binary: binary ?? "not told", cores, crossOriginIsolated },
      },
      software: false,
      requireAlive() {},
      async prove() {
        const seen = watchThreads(tf, backend.wasm as EmscriptenModule);
        const reason = otherThreads(threads ?? count, seen, crossOriginIsolated);
        const evidence = { binary, simd, threads: seen, coresTold: coresFor(threads) };
        return { reason, threads: seen.pool, evidence };
      },
    };
  },
};

async function startBinary(
  tf: Tfjs,
  { threads }: EngineOptions,
  folder: string,
): Promise<BackendWasm> {
  try {
    return await tellingOfCores(coresFor(threads), () => chooseBackend(tf, "wasm"));
  } catch (cause) {
    // What is thrown is not always an Error, and never names the file.
    throw new InputError(`${folder}${fetchedBinary() ?? ""} cannot be fetched or started`, {
      remedy: "serve the .wasm files of @tensorflow/tfjs-backend-wasm there, and open a fresh page",
      cause,
    });
  }
}

/**
 * The number of cores to tell the binary, which takes no more threads than half of the
 * cores that it is told of (`num_cores` in its backend.cc), nor more than eight.
 */
function coresFor(threads: number | null): number {
  return threads === null ? navigator.hardwareConcurrency : 2 * threads;
}

/** Has the browser tell of so many cores while `start` runs, whatever the machine has. */
async function tellingOfCores<Result>(
  cores: number,
  start: () => Promise<Result>,
): Promise<Result> {
  Object.defineProperty(navigator, "hardwareConcurrency", { value: cores, configurable: true });
  try {
    return await start();
  } finally {
    Reflect.deleteProperty(navigator, "hardwareConcurrency");
  }
}

/** What Emscripten's module tells of its threads. Only the binary with threads has these fields. */
interface EmscriptenModule {
  readonly wasmMemory?: WebAssembly.Memory;
  /** The workers that run pthreads, by the addresses of these. */
  readonly PThread?: { readonly pthreads: Readonly<Record<string, unknown>> };
}

/** Milliseconds to wait for each thread: on a busy machine the caller's may do all of a kernel before another wakes. */
const patienceMs = 2000;

/** Computes until each thread of the pool has been seen at work, or `patienceMs` are over. */
function watchThreads(tf: Tfjs, module: EmscriptenModule): WorkingThreads {
  const { wasmMemory, PThread } = module;
  if (!wasmMemory || !PThread) return { pool: 1, busy: 1 };
  const memory = new Uint32Array(wasmMemory.buffer);
  const threads = findPoolThreads(memory, Object.keys(PThread.pthreads).map(Number));
  const busy = new Set<PoolThread>();
  const end = performance.now() + patienceMs;
  while (busy.size < threads.length && performance.now() < end) {
    convolve(tf);
    for (const thread of threads) if (hasWorked(memory, thread)) busy.add(thread);
  }
  return { pool: 1 + threads.length, busy: 1 + busy.size };
}

/** Runs a kernel of some milliseconds, of which all threads get a part. */
function convolve(tf: Tfjs): void {
  tf.tidy(() => {
    const image = tf.zeros<Rank.R4>([1, 56, 56, 32]);
    tf.conv2d(image, tf.zeros<Rank.R4>([3, 3, 32, 32]), 1, "same");
  });
}

/**
 * The offsets, in 32-bit words, of the fields of pthreadpool's `struct thread_info`
 * (threadpool-object.h). tfjs's binary computes with pthreadpool.
 */
const field = { rangeStart: 0, rangeEnd: 1, rangeLength: 2, number: 3, pool: 4, thread: 5 };

/** The sizes, in 32-bit words, of the pool's head and of each `thread_info` behind it. */
const size = { thread: 16, head: 48 };

/** A thread of the pool besides the caller's, by the place of its `thread_info` in 32-bit words. */
export type PoolThread = number;

/**
 * Finds the pool's threads in the memory that they share.
 *
 * @param pthreads the addresses of the pthreads that run
 */
export function findPoolThreads(memory: Uint32Array, pthreads: readonly number[]): PoolThread[] {
  const running = new Set(pthreads);
  const found: PoolThread[] = [];
  for (let info = 0; info + size.thread <= memory.length; info += size.thread) {
    if (!running.has(memory[info + field.thread]!)) continue;
    const before = size.head + size.thread * memory[info + field.number]!;
    if (memory[info + field.pool] === (info - before) * 4) found.push(info);
  }
  return found;
}

/**
 * Whether the thread computed a part of the last kernel that was split. A thread takes
 * items from the start of its range, and threads that are done with their own steal
 * from its end, which moves. What is left between start and end the thread did itself.
 */
export function hasWorked(memory: Uint32Array, thread: PoolThread): boolean {
  const read = (offset: number) => Atomics.load(memory, thread + offset);
  return read(field.rangeLength) === 0 && read(field.rangeEnd) > read(field.rangeStart);
}
