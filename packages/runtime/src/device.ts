/** What computes: the second part of a runtime's id, and what an attestation must prove. */
export type Device = "cpu" | "cuda" | "tensorrt" | "wasm" | "webgl" | "webgpu" | "webnn";
/** The type of the numbers that a session multiplies. */
export type Precision = "fp32" | "fp16" | "int8";

/** The device that computes, as the engine or the system names it. */
export interface DeviceDescription {
  readonly name: string;
  /** Driver, adapter, threads, SIMD: whatever helps to tell two machines apart. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** Whether a device is there to compute on. What is missing is a value with a remedy, never a throw. */
export type Availability =
  | {
      readonly ok: true;
      readonly version: string;
      readonly device: DeviceDescription;
      /** True where a GPU interface is served by the CPU (SwiftShader, llvmpipe). */
      readonly software: boolean;
      /** Why this device cannot compute in some of the runtime's precisions; left out where it can in all. */
      readonly lacks?: Readonly<Partial<Record<Precision, Lack>>>;
    }
  | ({ readonly ok: false } & Lack);

/** Why something is not there, and what a person can do about it, in one line each. */
export interface Lack {
  readonly reason: string;
  readonly remedy: string;
}
