import { onnxEngine } from "@sebench/onnxruntime";
import type { Runtime } from "@sebench/runtime";
import { nodeBinding } from "./binding.ts";
import { type NodeDevice, nodeDevices } from "./device.ts";

export const onnxruntimeNodeCpu = declare("cpu");
export const onnxruntimeNodeCuda = declare("cuda");
export const onnxruntimeNodeTensorrt = declare("tensorrt");
export const onnxruntimeNodeWebgpu = declare("webgpu");

function declare(device: NodeDevice): Runtime {
  const { hosts, precisions, requires } = nodeDevices[device];
  const declaration = {
    id: `onnxruntime-node/${device}`,
    device,
    hosts,
    precisions,
    requires,
  } as const;
  return {
    ...declaration,
    load: async (options) => onnxEngine(nodeBinding(declaration, device, options)),
  };
}
