import { setTimeout as sleep } from "node:timers/promises";
import { type ProcessMemory, readMemory } from "@sebench/hardware";

/** The time for freed memory to go back to the system, in milliseconds. */
const settleMs = 50;

/** This process's memory once its garbage is collected, if the process was started for that. */
export async function settledMemory(): Promise<ProcessMemory | null> {
  for (let collection = 0; collection < 2; collection++) {
    globalThis.gc?.();
    // A collector frees the memory of arrays in a thread of its own.
    await sleep(settleMs);
  }
  return readMemory(["self"]);
}
