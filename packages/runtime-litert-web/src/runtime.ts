import type { Runtime } from "@sebench/runtime";
import type { WebDevice } from "./model.ts";

/** What is said of each accelerator without loading anything. */
const devices: Readonly<Record<WebDevice, Pick<Runtime, "precisions" | "requires">>> = {
  wasm: { precisions: ["fp32"], requires: {} },
  webgpu: {
    precisions: ["fp32", "fp16"],
    requires: { browser: "WebGPU, or Chromium's --enable-unsafe-webgpu for one in software" },
  },
  webnn: {
    precisions: ["fp32"],
    requires: {
      browser: "WebNN: Chrome or Edge with --enable-features=WebMachineLearningNeuralNetwork",
    },
  },
};

export const litertWebWasm = declare("wasm");
export const litertWebWebgpu = declare("webgpu");
export const litertWebWebnn = declare("webnn");

function declare(device: WebDevice): Runtime {
  const hosts: Runtime["hosts"] =
    device === "webnn" ? ["chromium"] : ["chromium", "firefox", "device"];
  const declaration = { id: `litert-web/${device}`, device, hosts, ...devices[device] } as const;
  return {
    ...declaration,
    async load(options) {
      const { openLitertEngine } = await import("./engine.ts");
      return openLitertEngine(declaration, device, options);
    },
  };
}
