import { onnxEngine } from "@sebench/onnxruntime";
import type { Runtime } from "@sebench/runtime";
import { webBinding } from "./binding.ts";
import { type WebDevice, webDevices } from "./device.ts";
import { WebLibrary } from "./library.ts";

export const onnxruntimeWebWasm = declare("wasm");
export const onnxruntimeWebWebgpu = declare("webgpu");

function declare(device: WebDevice): Runtime {
  const declaration = {
    id: `onnxruntime-web/${device}`,
    hosts: ["chromium"],
    precisions: ["fp32"],
    requires: webDevices[device].requires,
  } as const;
  const library = new WebLibrary(webDevices[device]);
  return {
    ...declaration,
    load: async (options) => onnxEngine(webBinding(declaration, device, library, options)),
  };
}
