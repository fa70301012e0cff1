import type { Runtime } from "@sebench/runtime";
import type { NodeDevice } from "./device.ts";

type Declared = Pick<Runtime, "hosts" | "precisions" | "requires">;

const nvidia = {
  hosts: ["node"],
  requires: {
    gpu: "NVIDIA, with its driver, on Linux x64",
    providers: "fetched by pnpm bench doctor --fix",
  },
} as const;

/** What is said of each device without loading anything. */
const devices: Readonly<Record<NodeDevice, Declared>> = {
  cpu: {
    hosts: ["node", "bun", "deno"],
    // The CPU has hardly any kernel in fp16: the engine casts to fp32 around the others.
    precisions: ["fp32", "int8"],
    requires: {},
  },
  cuda: {
    hosts: nvidia.hosts,
    precisions: ["fp32", "fp16"],
    requires: { ...nvidia.requires, libraries: "CUDA 13 and cuDNN 9" },
  },
  tensorrt: {
    hosts: nvidia.hosts,
    // TensorRT's fp16 is an option of the provider, which onnxruntime-node has no way to set: the
    // options that onnxruntime-node gives keep the provider from reading the environment. Nor would
    // a profile show fp16.
    precisions: ["fp32"],
    requires: { ...nvidia.requires, libraries: "CUDA 13, cuDNN 9 and TensorRT 10" },
  },
  webgpu: {
    hosts: ["node", "deno"],
    precisions: ["fp32", "fp16"],
    requires: { driver: "on Linux, a Vulkan driver of a GPU, or SwiftShader for one in software" },
  },
};

export const onnxruntimeNodeCpu = declare("cpu");
export const onnxruntimeNodeCuda = declare("cuda");
export const onnxruntimeNodeTensorrt = declare("tensorrt");
export const onnxruntimeNodeWebgpu = declare("webgpu");

function declare(device: NodeDevice): Runtime {
  const declaration = { id: `onnxruntime-node/${device}`, device, ...devices[device] } as const;
  return {
    ...declaration,
    async load(options) {
      const { openNodeEngine } = await import("./binding.ts");
      return openNodeEngine(declaration, device, options);
    },
  };
}
