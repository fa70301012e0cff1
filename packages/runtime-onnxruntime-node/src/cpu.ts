import { describeCpu } from "@sebench/hardware";
import { notOnlyOn } from "@sebench/onnxruntime";
import type { NodeDeviceRow } from "./device-row.ts";

export const cpuRow: NodeDeviceRow = {
  hosts: ["node", "bun", "deno"],
  // Of fp16 it has hardly any kernel, and puts casts to fp32 around the others.
  precisions: ["fp32", "int8"],
  requires: {},
  executionProvider: "cpu",
  remedy: "reinstall onnxruntime-node",
  trial: "start",
  triesHalves: false,
  keepsSession: false,
  makeReady: async () => {},
  explain: async () => null,
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

function otherThreads(asked: number | null, pool: number): string | null {
  if (asked === null || asked === pool) return null;
  return `${asked} threads were asked for, and the engine made ${pool}`;
}
