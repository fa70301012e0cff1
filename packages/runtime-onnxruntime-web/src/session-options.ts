import type { OrtSessionOptions } from "@sebench/onnxruntime";
import type { WebDeviceRow } from "./device-row.ts";

export function sessionOptions({ executionProvider }: WebDeviceRow): OrtSessionOptions {
  return {
    // Never a list: a second provider would be a fallback.
    executionProviders: [executionProvider],
    graphOptimizationLevel: "all",
    // Keys of onnxruntime_session_options_config_keys.h; values must be strings.
    extra: executionProvider === "wasm" ? {} : { session: { disable_cpu_ep_fallback: "1" } },
  };
}
