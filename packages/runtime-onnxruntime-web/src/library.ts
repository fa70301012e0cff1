import { type InferenceSession, type OrtSessionOptions, tryDevice } from "@sebench/onnxruntime";
import type { EngineOptions } from "@sebench/runtime";
import type { WebDeviceRow, WebOrt } from "./device.ts";

/** A bundle whose binary runs. */
export interface WebLibrary {
  readonly ort: WebOrt;
  /**
   * A session of the smallest model. While it lives, so do the GPU's device and
   * the shaders compiled for it, which else go with the last session: a new
   * replica would compile them again, for a minute on a GPU in software.
   */
  readonly keeper: InferenceSession;
}

/**
 * Fetches and compiles the binary, and takes its threads and device, which else
 * the first member to be prepared would pay for. Threads are fixed from then on.
 */
export async function startLibrary(
  row: WebDeviceRow,
  { threads, assetsUrl }: EngineOptions,
): Promise<WebLibrary> {
  const ort = await row.import();
  if (threads !== null) ort.env.wasm.numThreads = threads;
  if (assetsUrl !== undefined) {
    ort.env.wasm.wasmPaths = new URL(assetsUrl, globalThis.location?.href).href;
  }
  return { ort, keeper: await tryDevice(ort, sessionOptions(row)) };
}

export function sessionOptions({ executionProvider }: WebDeviceRow): OrtSessionOptions {
  return {
    // Never a list: a second provider would be a fallback.
    executionProviders: [executionProvider],
    graphOptimizationLevel: "all",
    // Keys of onnxruntime_session_options_config_keys.h; values must be strings.
    extra: executionProvider === "wasm" ? {} : { session: { disable_cpu_ep_fallback: "1" } },
  };
}

/** The file that the browser fetched: it tells SIMD, threads and the WebGPU build. */
export function fetchedBinary(): string | null {
  const names = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
  return (
    names
      .findLast((name) => name.endsWith(".wasm"))
      ?.split("/")
      .at(-1) ?? null
  );
}
