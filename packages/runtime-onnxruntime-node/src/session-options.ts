import type { OrtSessionOptions } from "@sebench/onnxruntime";
import type { EngineOptions } from "@sebench/runtime";
import type { NodeDeviceRow } from "./device.ts";

export function sessionOptions(row: NodeDeviceRow, { threads }: EngineOptions): OrtSessionOptions {
  return {
    // Never a list: a second provider would be a fallback.
    executionProviders: [row.executionProvider],
    graphOptimizationLevel: "all",
    ...(threads === null ? {} : { intraOpNumThreads: threads }),
    extra: { session: extraOptions(row) },
  };
}

/** Keys of onnxruntime_session_options_config_keys.h; values must be strings. */
function extraOptions({ executionProvider }: NodeDeviceRow) {
  return executionProvider === "cpu" ? {} : { disable_cpu_ep_fallback: "1" };
}
