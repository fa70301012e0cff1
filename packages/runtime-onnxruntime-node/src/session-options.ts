import type { OrtSessionOptions } from "@sebench/onnxruntime";
import type { EngineOptions } from "@sebench/runtime";
import type { NodeDeviceRow } from "./device-row.ts";

export function sessionOptions(row: NodeDeviceRow, { threads }: EngineOptions): OrtSessionOptions {
  return {
    // Never a list: a second provider would be a fallback.
    executionProviders: [row.executionProvider],
    graphOptimizationLevel: "all",
    ...(threads === null ? {} : { intraOpNumThreads: threads }),
    extra: { session: sessionConfig(row) },
  };
}

/** Keys of onnxruntime_session_options_config_keys.h; values must be strings. */
function sessionConfig({ executionProvider }: NodeDeviceRow): Readonly<Record<string, string>> {
  return {
    /*
     * Within a run a pool's threads spin, as by default. By default they also
     * spin after it, for some 30 ms of CPU time, which would slow the other
     * member's visit where cores are few; this stops them with the run. Without
     * any spinning a network of 0.3 ms takes a fourth longer.
     */
    force_spinning_stop: "1",
    ...(executionProvider === "cpu" ? {} : { disable_cpu_ep_fallback: "1" }),
  };
}
