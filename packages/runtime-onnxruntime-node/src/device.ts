import os from "node:os";
import { notOnlyOn, type ProfileSummary } from "@sebench/onnxruntime";
import type { DeviceDescription, EngineOptions, Runtime } from "@sebench/runtime";

/** What differs between the devices of onnxruntime-node. */
export interface NodeDeviceRow {
  readonly requires: Runtime["requires"];
  /** As `executionProviders` names it. */
  readonly executionProvider: string;
  /** What to do where no session starts on it. */
  readonly remedy: string;
  describe(options: EngineOptions): DeviceDescription;
  /** Why the profile does not prove that this device did all the work; null where it does. */
  doubt(profile: ProfileSummary, options: EngineOptions): string | null;
}

export type NodeDevice = "cpu";

export const nodeDevices: Readonly<Record<NodeDevice, NodeDeviceRow>> = {
  cpu: {
    requires: {},
    executionProvider: "cpu",
    remedy: "reinstall onnxruntime-node",
    describe: ({ threads }) => ({
      name: os.cpus()[0]?.model ?? os.arch(),
      details: {
        architecture: os.arch(),
        cores: os.cpus().length,
        threads: threads ?? "the engine's default",
      },
    }),
    doubt: (profile, { threads }) =>
      notOnlyOn("CPUExecutionProvider", profile) ?? otherThreads(threads, profile.threads.pool),
  },
};

function otherThreads(asked: number | null, pool: number): string | null {
  if (asked === null || asked === pool) return null;
  return `${asked} threads were asked for, and the engine made ${pool}`;
}
