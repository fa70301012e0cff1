import type { ProfileSummary, OrtSessionOptions } from "@sebench/onnxruntime";
import type { Availability, Device, EngineOptions } from "@sebench/runtime";
import type { Missing } from "@sebench/web-device";
import type * as web from "onnxruntime-web";
import type { PrintTap } from "./print-tap.ts";

/** The module that each of onnxruntime-web's bundles is. */
export type WebOrt = typeof web;
type ExecutionProvider = web.InferenceSession.ExecutionProviderConfig;

/** The device of a started engine. */
type TakenDevice = Pick<Extract<Availability, { ok: true }>, "device" | "software">;

/** Why a device cannot compute in a precision, by precision. */
type Lacks = NonNullable<Extract<Availability, { ok: true }>["lacks"]>;

/** What differs between the devices and bundles of onnxruntime-web. */
export interface WebDeviceRow {
  readonly device: Device;
  /** The one of the package's bundles that runs. The kernels of bundles differ. */
  readonly bundle: string;
  /** The binary that the bundle loads. */
  readonly file: string;
  import(): Promise<WebOrt>;
  /** The item of onnxruntime's option `executionProviders`. */
  readonly executionProvider: ExecutionProvider;
  /** The tap at the place where the bundle's binary prints. */
  readonly tap: PrintTap;
  /** Says, before the engine is loaded, what the browser lacks, or gives null where it lacks nothing. */
  missing(): Promise<Missing | null>;
  /** Tells the engine where the binary is that runs here. Default: the bundle's own choice. */
  place?(env: web.Env): void;
  /** The file name of the binary that was seen to be loaded, which tells SIMD, threads and the build, or null where none was seen. */
  binary(): string | null;
  /** Describes the device that the started engine has taken. */
  taken(env: web.Env): Promise<TakenDevice>;
  /** Says in which of the precisions the device cannot compute. Default: in none. */
  lacks?(env: web.Env): Promise<Lacks>;
  /** Arranges that `tell` is called with the reason where the device of a started engine is gone or has failed. */
  onFault?(env: web.Env, tell: (fault: string) => void): Promise<void>;
  /** Says why the profile does not prove that this device did all the work, or gives null where it does. */
  doubt(profile: ProfileSummary, options: EngineOptions): string | null;
}

export function sessionOptions(
  { executionProvider }: WebDeviceRow,
  { optimised = true }: EngineOptions,
): OrtSessionOptions {
  return {
    // There is never a second provider, which would be a fallback.
    executionProviders: [executionProvider],
    graphOptimizationLevel: optimised ? "all" : "disabled",
    // The keys are those of onnxruntime_session_options_config_keys.h, and values must be strings.
    extra: executionProvider === "wasm" ? {} : { session: { disable_cpu_ep_fallback: "1" } },
  };
}
