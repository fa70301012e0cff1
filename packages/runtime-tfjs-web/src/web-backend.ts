import type { DeviceDescription, EngineOptions, Precision, Runtime } from "@sebench/runtime";
import type { Tfjs } from "@sebench/tfjs";
import type { Missing } from "@sebench/web-device";

/** What differs between the backends of tfjs in a page. */
export interface WebBackend {
  readonly precisions: Runtime["precisions"];
  readonly requires: Runtime["requires"];
  /** What the browser lacks, seen before tfjs is loaded; null where nothing. */
  missing(): Promise<Missing | null>;
  /** Imports the backend, sets its flags, and makes it the one that computes. */
  start(tf: Tfjs, options: EngineOptions): Promise<StartedBackend>;
}

/** A backend that computes. */
export interface StartedBackend {
  readonly device: DeviceDescription;
  /** Whether the CPU serves it in place of a GPU. */
  readonly software: boolean;
  /** Throws where the device is gone. */
  requireAlive(): void;
  /**
   * Makes what is computed from here on be of the precision; left out where there
   * is only one. Rejects, saying why, where the device lacks it.
   */
  takePrecision?(precision: Precision): Promise<void>;
  prove(precision: Precision): Promise<BackendProof>;
}

/** What a backend can tell of its device, besides the kernels that ran. */
interface BackendProof {
  /** Why it is not proven; null where it is. */
  readonly reason: string | null;
  /** Threads that compute on the CPU; null where a GPU does. */
  readonly threads: number | null;
  /** As JSON. */
  readonly evidence: Readonly<Record<string, unknown>>;
}
