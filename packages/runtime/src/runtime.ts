import type { LoweredNetwork } from "@sebench/lowering";
import type { Tensor } from "@sebench/spec";
import type { ProfiledSession } from "./profile.ts";

export type EngineName = "onnxruntime-node" | "onnxruntime-web" | "tfjs-node" | "tfjs-web";
export type Device = "cpu" | "cuda" | "tensorrt" | "wasm" | "webgl" | "webgpu" | "webnn";
/**
 * Engine and device; a third word names a build of the engine that computes with
 * other kernels: `onnxruntime-web/webgpu-jsep`.
 */
export type RuntimeId = `${EngineName}/${Device}` | `${EngineName}/${Device}-${string}`;

/** What executes the JavaScript. */
export type Host = "node" | "bun" | "deno" | "chromium" | "firefox";

export type Precision = "fp32" | "fp16" | "int8";

/** The declaration of a runtime. Importing it loads no engine. */
export interface Runtime {
  readonly id: RuntimeId;
  /** What computes: the one that an attestation must prove. */
  readonly device: Device;
  readonly hosts: readonly Host[];
  readonly precisions: readonly Precision[];
  /** What it needs beyond its npm package, for people: `{ gpu: "NVIDIA, driver 550 or later" }`. */
  readonly requires: Readonly<Record<string, string>>;
  /** Rejects only for bad options. What the machine lacks is `probe`'s answer. */
  load(options: EngineOptions): Promise<Engine>;
}

/** What does the computing, as the engine or the system names it. */
export interface DeviceDescription {
  readonly name: string;
  /** Driver, adapter, threads, SIMD: whatever helps to tell two machines apart. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

export type Availability =
  | {
      readonly ok: true;
      readonly version: string;
      readonly device: DeviceDescription;
      /** True where a GPU interface is served by the CPU (SwiftShader, llvmpipe). */
      readonly software: boolean;
      /** Of the runtime's precisions, those that this device cannot compute in. */
      readonly lacks?: Readonly<Partial<Record<Precision, Lack>>>;
    }
  | { readonly ok: false; readonly reason: string; readonly remedy: string };

/** Why something is not there, and what to do about it. */
export interface Lack {
  readonly reason: string;
  readonly remedy: string;
}

/** Fixed for the life of a process or page: wasm engines start their threads once. */
export interface EngineOptions {
  /** Threads of the CPU; the engine's own default where null. */
  readonly threads: number | null;
  /**
   * False where NVIDIA's libraries must not round to TF32, which they may by
   * default. A host grants it by the environment that it starts the process with.
   */
  readonly tf32?: boolean;
  /**
   * URL of the folder, with its last "/", from which a page fetches the engine's
   * own files (.wasm, .mjs). Left out where the engine finds them itself, as in Node.
   */
  readonly assetsUrl?: string;
}

export interface SessionOptions {
  /** Images in one run; models are exported with static shapes. */
  readonly batch: number;
  /** An `InputError` where the runtime's `precisions` lack it. */
  readonly precision: Precision;
  /** By the name of each network that is to be encoded: int8 takes its scales from them. */
  readonly ranges?: Readonly<Record<string, ActivationRanges>>;
}

/**
 * The least and the greatest value that each node of a network gave over some
 * images, by the node's name once batch norms are folded.
 */
export type ActivationRanges = Readonly<Record<string, readonly [least: number, greatest: number]>>;

/**
 * A network in the form that the engine loads, such as ONNX bytes. Only the
 * engine that made it can read it.
 */
export interface EncodedModel {
  /** Size of the form that is loaded, in bytes. */
  readonly byteLength: number;
}

export interface Engine<Model extends EncodedModel = EncodedModel> extends AsyncDisposable {
  /**
   * A value, never a throw: a missing device is an answer. It starts the engine,
   * which else the first `prepare` does, and is timed for it.
   */
  probe(): Promise<Availability>;
  /** Writes the network in the engine's form. A deployment does this once, offline: not timed. */
  encode(network: LoweredNetwork, options: SessionOptions): Promise<Model>;
  /** Makes a model ready to run, with the options it was encoded with. Timed as `prepare`. */
  prepare(model: Model, options: SessionOptions): Promise<Session>;
  /** The same, for a session that keeps a profile. Left out where the engine has no profiler. */
  prepareProfiled?(model: Model, options: SessionOptions): Promise<ProfiledSession>;
}

/** Several live at once: a pair is measured in alternation. Disposing twice is harmless. */
export interface Session<Input extends StagedInput = StagedInput> extends AsyncDisposable {
  /**
   * Brings one batch of images, `[batch, 3, height, width]`, into the engine's
   * layout. Not timed. An `InputError` where the shape is not the session's.
   */
  stage(images: Tensor): Promise<Input>;
  /**
   * The timed region: upload, inference, and the logits `[batch, classes]` in
   * the host's memory. The array belongs to the caller.
   */
  run(input: Input): Promise<Float32Array>;
  /** After timing, never during it: profilers disturb what they watch. */
  attest(): Promise<Attestation>;
}

declare const staged: unique symbol;

/** An input that only the session that staged it can run. */
export interface StagedInput {
  readonly [staged]?: never;
}

/** The evidence of which device did the work. */
export interface Attestation {
  readonly device: Device;
  /** A case whose device is not proven is reported as failed. */
  readonly proven: boolean;
  /** Why it is not proven; null where it is. */
  readonly reason: string | null;
  readonly software: boolean;
  /** Threads that the engine computes with on the CPU, as proven; null where a GPU computes. */
  readonly threads: number | null;
  /** Whether a GPU may have rounded factors to TF32 (10 bits of mantissa): parity is then wider. */
  readonly tf32: boolean;
  readonly evidence: Readonly<Record<string, unknown>>;
}
