/**
 * The speeds of runtimes, the fastest first. `native` is machine code or a real GPU; `wasm` is some
 * five times slower, `javascript` a hundred times, and `software-gpu`, a GPU interface that the CPU
 * serves, some hundreds of times.
 */
export const speeds = ["native", "wasm", "javascript", "software-gpu"] as const;
export type Speed = (typeof speeds)[number];

/** The speeds of the runtimes that are not native. */
const slower: Readonly<Record<string, Speed>> = {
  "onnxruntime-web/wasm": "wasm",
  "tfjs-web/wasm": "wasm",
  "litert-web/wasm": "wasm",
  "tfjs-web/cpu": "javascript",
};

/**
 * The speed of a runtime, which decides what it can be asked to do in a given time, and where it
 * stands in a table.
 *
 * @param software whether the CPU serves the GPU interface that the runtime uses
 */
export function speedOf(runtime: string, software: boolean): Speed {
  return software ? "software-gpu" : (slower[runtime] ?? "native");
}
