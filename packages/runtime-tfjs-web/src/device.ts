import { cpuBackend } from "./cpu-backend.ts";
import { wasmBackend } from "./wasm-backend.ts";
import type { WebBackend } from "./web-backend.ts";
import { webglBackend } from "./webgl-backend.ts";
import { webgpuBackend } from "./webgpu-backend.ts";

export type WebDevice = "cpu" | "wasm" | "webgl" | "webgpu";

/** Named as tfjs names its backends. */
export const webBackends: Readonly<Record<WebDevice, WebBackend>> = {
  cpu: cpuBackend,
  wasm: wasmBackend,
  webgl: webglBackend,
  webgpu: webgpuBackend,
};
