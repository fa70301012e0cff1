import type { Runtime } from "@sebench/runtime";
import { tfjsEngine } from "@sebench/tfjs";
import { webBinding } from "./binding.ts";
import { webBackends, type WebDevice } from "./device.ts";
import { PageTfjs } from "./page-tfjs.ts";

const page = new PageTfjs();

export const tfjsWebCpu = declare("cpu");
export const tfjsWebWasm = declare("wasm");
export const tfjsWebWebgl = declare("webgl");
export const tfjsWebWebgpu = declare("webgpu");

function declare(device: WebDevice): Runtime {
  const declaration = {
    id: `tfjs-web/${device}`,
    device,
    hosts: ["chromium"],
    precisions: webBackends[device].precisions,
    requires: webBackends[device].requires,
  } as const;
  return {
    ...declaration,
    load: async (options) => tfjsEngine(webBinding(declaration, device, page, options)),
  };
}
