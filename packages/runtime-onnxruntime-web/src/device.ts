import type { WebDeviceRow } from "./device-row.ts";
import { wasmRow } from "./wasm.ts";
import { webgpuJsepRow, webgpuRow } from "./webgpu.ts";
import { webnnRow } from "./webnn.ts";

/** A device, or a device and the bundle that computes on it: the second part of a runtime's id. */
export type WebDevice = "wasm" | "webgpu" | "webgpu-jsep" | "webnn";

export const webDevices: Readonly<Record<WebDevice, WebDeviceRow>> = {
  wasm: wasmRow,
  webgpu: webgpuRow,
  "webgpu-jsep": webgpuJsepRow,
  webnn: webnnRow,
};
