import type { ProfileSummary } from "@sebench/onnxruntime";
import type { Availability, Device, EngineOptions, Runtime } from "@sebench/runtime";
import type { Missing } from "@sebench/web-device";
import type * as web from "onnxruntime-web";
import type { PrintTap } from "./print-tap.ts";

export type WebOrt = typeof web;
type ExecutionProvider = web.InferenceSession.ExecutionProviderConfig;

/** The device of a started engine. */
type TakenDevice = Pick<Extract<Availability, { ok: true }>, "device" | "software">;

/** Why not, by precision. */
type Lacks = NonNullable<Extract<Availability, { ok: true }>["lacks"]>;

/** What differs between the devices and bundles of onnxruntime-web. */
export interface WebDeviceRow {
  readonly device: Device;
  readonly hosts: Runtime["hosts"];
  readonly precisions: Runtime["precisions"];
  readonly requires: Runtime["requires"];
  /** Which of the package's bundles runs: their kernels differ. */
  readonly bundle: string;
  /** The binary that the bundle loads. */
  readonly file: string;
  import(): Promise<WebOrt>;
  /** As `executionProviders` takes it. */
  readonly executionProvider: ExecutionProvider;
  /** Where the bundle's binary prints. */
  readonly tap: PrintTap;
  /** What the browser lacks, seen before the engine is loaded; null where nothing. */
  missing(): Promise<Missing | null>;
  /** Says where the binary is that runs here; the bundle's own choice where it says nothing. */
  place?(env: web.Env): void;
  /** The binary that was seen to be loaded, whose name tells SIMD, threads and the build; null where none was. */
  binary(): string | null;
  taken(env: web.Env): Promise<TakenDevice>;
  /** Which of the precisions the device cannot compute in; none where it says nothing. */
  lacks?(env: web.Env): Promise<Lacks>;
  /** Tells, once, that the device of a started engine is gone or has failed, and why. */
  onFault?(env: web.Env, tell: (fault: string) => void): Promise<void>;
  /** Why the profile does not prove that this device did all the work; null where it does. */
  doubt(profile: ProfileSummary, options: EngineOptions): string | null;
}
