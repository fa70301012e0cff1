/**
 * Where `struct thread_info` of pthreadpool (threadpool-object.h), which tfjs's
 * binary computes with, has its fields, in 32-bit words.
 */
const field = { rangeStart: 0, rangeEnd: 1, rangeLength: 2, number: 3, pool: 4, thread: 5 };

/** One follows the other in the pool, behind its head; in words. */
const size = { thread: 16, head: 48 };

/** A thread of the pool besides the caller's: where its `thread_info` is, in words. */
export type PoolThread = number;

/** Finds the pool's threads among the pthreads that run, by their addresses, in the memory they share. */
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
 * Whether the thread computed a part of the last kernel that was split. It takes
 * items from the start of its range, and threads that are done with theirs steal
 * from the end, which moves: what is left between them it did itself.
 */
export function hasWorked(memory: Uint32Array, thread: PoolThread): boolean {
  const read = (offset: number) => Atomics.load(memory, thread + offset);
  return read(field.rangeLength) === 0 && read(field.rangeEnd) > read(field.rangeStart);
}
