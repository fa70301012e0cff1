import { browserHosts, type Runtime, webgpuHosts } from "@sebench/runtime";
import type { WebDevice } from "./device.ts";

/** What is said of each backend without loading anything. */
const devices: Readonly<Record<WebDevice, Pick<Runtime, "precisions" | "requires">>> = {
  cpu: { precisions: ["fp32"], requires: {} },
  wasm: { precisions: ["fp32"], requires: {} },
  webgl: {
    precisions: ["fp32", "fp16"],
    requires: { browser: "WebGL 2 with 32-bit float textures" },
  },
  webgpu: {
    precisions: ["fp32"],
    requires: { browser: "WebGPU, or Chromium's --enable-unsafe-webgpu for one in software" },
  },
};

export const tfjsWebCpu = declare("cpu");
export const tfjsWebWasm = declare("wasm");
export const tfjsWebWebgl = declare("webgl");
export const tfjsWebWebgpu = declare("webgpu");

function declare(device: WebDevice): Runtime {
  const hosts: Runtime["hosts"] = device === "webgpu" ? webgpuHosts : browserHosts;
  const declaration = { id: `tfjs-web/${device}`, device, hosts, ...devices[device] } as const;
  return {
    ...declaration,
    async load(options) {
      const { openTfjsWebEngine } = await import("./binding.ts");
      return openTfjsWebEngine(declaration, device, options);
    },
  };
}
