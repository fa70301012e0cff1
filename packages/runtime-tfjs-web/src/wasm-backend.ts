import type { EngineOptions } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { Tfjs } from "@sebench/tfjs";
import { fetchedBinary, otherThreads } from "@sebench/web-device";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { chooseBackend } from "./choose-backend.ts";
import { requireFloat32 } from "./mantissa.ts";
import { tellingOfCores } from "./told-cores.ts";
import { type EmscriptenModule, watchThreads } from "./wasm-threads.ts";
import type { WebBackend } from "./web-backend.ts";

export const wasmBackend: WebBackend = {
  precisions: ["fp32"],
  requires: {},
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
        details: { threads: count, simd, cores, crossOriginIsolated },
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
    // Not always an Error, and never with the name of the file.
    throw new InputError(`${folder}${fetchedBinary() ?? ""} cannot be fetched or started`, {
      remedy: "serve the .wasm files of @tensorflow/tfjs-backend-wasm there, and open a fresh page",
      cause,
    });
  }
}

/**
 * However many threads it is asked for, the binary takes no more than half of the
 * cores that it is told of (`num_cores` in its backend.cc), nor more than eight.
 */
function coresFor(threads: number | null): number {
  return threads === null ? navigator.hardwareConcurrency : 2 * threads;
}
