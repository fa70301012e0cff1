import { readdirSync, readFileSync } from "node:fs";
import type { Tfjs } from "@sebench/tfjs";

/** Milliseconds of CPU time that threads took while TensorFlow computed. */
export interface ThreadTimes {
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
export function observeThreads(tf: Tfjs): ThreadTimes | null {
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
export function countComputing({ others }: ThreadTimes): number {
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
