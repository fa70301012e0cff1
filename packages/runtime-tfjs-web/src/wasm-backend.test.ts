import { expect, it } from "vitest";
import { findPoolThreads, hasWorked } from "./wasm-backend.ts";

/**
 * Addresses in bytes in the memory of tfjs 4.22's binary with two threads, read in
 * Chromium after a convolution of 784 items.
 */
const pool = { address: 93632, worker: 93888, pthread: 93960 };
/** The `thread_info` of the pool's thread in that memory, in 32-bit words. */
const worker = [392, 446, 0, 1, pool.address, pool.pthread];

function memory({ thread = worker }: { thread?: readonly number[] }): Uint32Array {
  const words = new Uint32Array(32_000);
  words.set(thread, pool.worker / 4);
  // The list of all threads names the pthread, too.
  words[25672 / 4] = pool.pthread;
  return words;
}

it("finds the pool's threads, besides the caller's", () => {
  expect(findPoolThreads(memory({}), [pool.pthread])).toEqual([pool.worker / 4]);
});

it("takes no thread for the pool's that does not run", () => {
  expect(findPoolThreads(memory({}), [])).toEqual([]);
});

it("takes no thread for the pool's that does not lie in it", () => {
  const elsewhere = [392, 446, 0, 1, pool.address + 64, pool.pthread];
  expect(findPoolThreads(memory({ thread: elsewhere }), [pool.pthread])).toEqual([]);
});

it("sees that a thread worked from what others left to it", () => {
  expect(hasWorked(memory({}), pool.worker / 4)).toBe(true);
});

it("sees that a thread did nothing where others stole its whole range", () => {
  const idle = [392, 392, 0, 1, pool.address, pool.pthread];
  expect(hasWorked(memory({ thread: idle }), pool.worker / 4)).toBe(false);
});

it("sees that a thread did nothing before the first kernel", () => {
  const fresh = [0, 0, 0, 1, pool.address, pool.pthread];
  expect(hasWorked(memory({ thread: fresh }), pool.worker / 4)).toBe(false);
});
