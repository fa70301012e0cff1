import { cpuRow } from "./cpu.ts";
import type { NodeDeviceRow } from "./device-row.ts";
import { cudaRow, tensorrtRow } from "./nvidia.ts";
import { webgpuRow } from "./webgpu.ts";

export type NodeDevice = "cpu" | "cuda" | "tensorrt" | "webgpu";

export const nodeDevices: Readonly<Record<NodeDevice, NodeDeviceRow>> = {
  cpu: cpuRow,
  cuda: cudaRow,
  tensorrt: tensorrtRow,
  webgpu: webgpuRow,
};
