import type { Tfjs } from "@sebench/tfjs";
import type { WorkingThreads } from "@sebench/web-device";
import type { Rank } from "@tensorflow/tfjs-core";
import { findPoolThreads, hasWorked, type PoolThread } from "./pthread-pool.ts";

/** What Emscripten's module tells of its threads; only the binary with threads has it. */
export interface EmscriptenModule {
  readonly wasmMemory?: WebAssembly.Memory;
  /** Workers that run a pthread, by its address. */
  readonly PThread?: { readonly pthreads: Readonly<Record<string, unknown>> };
}

/** On a busy machine the caller's thread may do all of a kernel before another wakes. */
const patienceMs = 2000;

/** Computes until each thread of the pool has been seen at work, as far as that is to be seen. */
export function watchThreads(tf: Tfjs, module: EmscriptenModule): WorkingThreads {
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

/** A kernel of some milliseconds, which all threads get a part of. */
function convolve(tf: Tfjs): void {
  tf.tidy(() => {
    const image = tf.zeros<Rank.R4>([1, 56, 56, 32]);
    tf.conv2d(image, tf.zeros<Rank.R4>([3, 3, 32, 32]), 1, "same");
  });
}
