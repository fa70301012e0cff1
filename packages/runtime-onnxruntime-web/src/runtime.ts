import { onnxEngine } from "@sebench/onnxruntime";
import type { Runtime } from "@sebench/runtime";
import { webBinding } from "./binding.ts";
import { type WebDevice, webDevices } from "./device.ts";
import { WebLibrary } from "./library.ts";

export const onnxruntimeWebWasm = declare("wasm");
export const onnxruntimeWebWebgpu = declare("webgpu");
export const onnxruntimeWebWebgpuJsep = declare("webgpu-jsep");
export const onnxruntimeWebWebnn = declare("webnn");

function declare(name: WebDevice): Runtime {
  const { device, hosts, precisions, requires } = webDevices[name];
  const declaration = {
    id: `onnxruntime-web/${name}`,
    device,
    hosts,
    precisions,
    requires,
  } as const;
  const library = new WebLibrary(webDevices[name]);
  return {
    ...declaration,
    load: async (options) => onnxEngine(webBinding(declaration, library, options)),
  };
}
