import type { DeviceDescription, EngineOptions, Precision } from "@sebench/runtime";
import type { Tfjs } from "@sebench/tfjs";
import type { Missing } from "@sebench/web-device";

/** What differs between the backends of tfjs in a page. */
export interface WebBackend {
  /** Says, before tfjs is loaded, what the browser lacks, or gives null where it lacks nothing. */
  missing(): Promise<Missing | null>;
  /** Imports the backend, sets its flags, and makes it the one that computes. */
  start(tf: Tfjs, options: EngineOptions): Promise<StartedBackend>;
}

/** A backend that computes. */
export interface StartedBackend {
  readonly device: DeviceDescription;
  /** Whether the CPU does the work of a GPU. */
  readonly software: boolean;
  /** @throws Error where the device is gone */
  requireAlive(): void;
  /**
   * Has the backend compute in the precision from now on. Rejects with the reason where
   * the device lacks it. Left out where the backend has only one precision.
   */
  takePrecision?(precision: Precision): Promise<void>;
  /** Tells what proves the device and the precision. To be called after timing. */
  prove(precision: Precision): Promise<BackendProof>;
}

/** What a backend can tell of its device beside the kernels that ran. */
interface BackendProof {
  /** Why the device is not proven, or null where it is. */
  readonly reason: string | null;
  /** Threads that compute on the CPU, or null where a GPU computes. */
  readonly threads: number | null;
  /** What the proof rests on, as JSON. */
  readonly evidence: Readonly<Record<string, unknown>>;
}
