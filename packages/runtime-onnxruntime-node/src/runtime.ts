import { onnxEngine } from "@sebench/onnxruntime";
import type { Runtime } from "@sebench/runtime";
import { nodeBinding } from "./binding.ts";
import { type NodeDevice, nodeDevices } from "./device.ts";

export const onnxruntimeNodeCpu = declare("cpu");

function declare(device: NodeDevice): Runtime {
  const declaration = {
    id: `onnxruntime-node/${device}`,
    hosts: ["node"],
    precisions: ["fp32"],
    requires: nodeDevices[device].requires,
  } as const;
  return {
    ...declaration,
    load: async (options) => onnxEngine(nodeBinding(declaration, device, options)),
  };
}
