import type { Device, DeviceDescription, EngineOptions, Runtime } from "@sebench/runtime";
import type { AddonKind } from "./addon.ts";
import { cpuDevice } from "./cpu.ts";
import { cudaDevice } from "./cuda.ts";
import type { TensorflowBackend, TfjsNode } from "./tfjs-node.ts";

/** What differs between the devices of tfjs-node. */
export interface TfjsNodeDevice {
  readonly addon: AddonKind;
  readonly requires: Runtime["requires"];
  /** Why there is no addon, and what to do. */
  explainMissing(): Promise<Absence>;
  /** Why what was loaded is of no use here; null where it is. */
  findAbsence(backend: TensorflowBackend): Promise<Absence | null>;
  describe(options: EngineOptions): Promise<DeviceDescription>;
  /** After timing: it may have TensorFlow compute. */
  observe(library: TfjsNode): Promise<Observation>;
  /** Why this device did not do the work, or not as asked; null where it did. */
  doubt(observation: Observation, options: EngineOptions): string | null;
}

interface Absence {
  readonly reason: string;
  readonly remedy: string;
}

/** What a loaded library shows of where it computes. */
interface Observation {
  readonly isUsingGpuDevice: boolean;
  /** Threads of the CPU that compute; null where they cannot be counted, or a GPU computes. */
  readonly threads: number | null;
  /** Whether a GPU may round to TF32. */
  readonly tf32: boolean;
  readonly evidence: Readonly<Record<string, unknown>>;
}

export const tfjsNodeDevices = {
  cpu: cpuDevice,
  cuda: cudaDevice,
} satisfies Partial<Record<Device, TfjsNodeDevice>>;
