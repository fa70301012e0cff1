import { browserHosts, type Device, type Runtime, webgpuHosts } from "@sebench/runtime";
import type { WebDevice } from "./engine.ts";

interface Declared extends Pick<Runtime, "hosts" | "precisions" | "requires"> {
  readonly device: Device;
}

const webgpu = {
  device: "webgpu",
  hosts: webgpuHosts,
  precisions: ["fp32", "fp16"],
  requires: { browser: "WebGPU, or Chromium's --enable-unsafe-webgpu for one in software" },
} as const;

/** What is said of each device and bundle without loading anything. */
const devices: Readonly<Record<WebDevice, Declared>> = {
  wasm: {
    device: "wasm",
    hosts: [...browserHosts, "node", "bun", "deno"],
    precisions: ["fp32", "int8"],
    requires: {},
  },
  webgpu,
  "webgpu-jsep": webgpu,
  webnn: {
    device: "webnn",
    hosts: ["chromium"],
    precisions: ["fp32"],
    requires: {
      browser: "WebNN: Chrome or Edge with --enable-features=WebMachineLearningNeuralNetwork",
    },
  },
};

export const onnxruntimeWebWasm = declare("wasm");
export const onnxruntimeWebWebgpu = declare("webgpu");
export const onnxruntimeWebWebgpuJsep = declare("webgpu-jsep");
export const onnxruntimeWebWebnn = declare("webnn");

function declare(name: WebDevice): Runtime {
  const declaration = { id: `onnxruntime-web/${name}`, ...devices[name] } as const;
  return {
    ...declaration,
    async load(options) {
      const { openWebEngine } = await import("./engine.ts");
      return openWebEngine(declaration, name, options);
    },
  };
}
