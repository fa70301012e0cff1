import { describeCpu } from "@sebench/hardware";
import { notOnlyOn } from "@sebench/onnxruntime";
import type { Lack } from "@sebench/runtime";
import type { NodeDeviceRow } from "./device-row.ts";
import { cudaRow, tensorrtRow } from "./nvidia.ts";
import { webgpuRow } from "./webgpu.ts";

export const cpuRow: NodeDeviceRow = {
  layouts: ["nchwc"],
  executionProvider: "cpu",
  remedy: "reinstall onnxruntime-node",
  trial: "start",
  triesHalves: false,
  keepsSession: false,
  makeReady: async () => {},
  explain: async (message) => (lacksBlocks(message) ? noBlocks : null),
  describe: async ({ threads }) => ({ device: describeCpu(threads), software: false }),
  judge: async (profile, { threads }) => ({
    reason:
      notOnlyOn("CPUExecutionProvider", profile) ?? otherThreads(threads, profile.threads.pool),
    software: false,
    threads: profile.threads.pool,
    tf32: false,
    evidence: {},
  }),
};

/**
 * Whether the engine lacks kernels on blocked maps. Where MLAS has none, as in most builds for ARM, the engine
 * registers none of the operators: `com.microsoft.nchwc:ReorderInput(-1) is not a registered function/op`.
 */
function lacksBlocks(message: string): boolean {
  return /com\.microsoft\.nchwc:\S+ is not a registered/.test(message);
}

const noBlocks: Lack = {
  reason: "onnxruntime has no kernels for the layout nchwc on this processor",
  remedy: 'leave "nchwc/" out of --lowering',
};

function otherThreads(asked: number | null, pool: number): string | null {
  if (asked === null || asked === pool) return null;
  return `${asked} threads were asked for, and the engine made ${pool}`;
}

/** The second part of a runtime's id. */
export type NodeDevice = "cpu" | "cuda" | "tensorrt" | "webgpu";

export const nodeDevices: Readonly<Record<NodeDevice, NodeDeviceRow>> = {
  cpu: cpuRow,
  cuda: cudaRow,
  tensorrt: tensorrtRow,
  webgpu: webgpuRow,
};
