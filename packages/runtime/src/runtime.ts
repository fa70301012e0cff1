import type { LoweredNetwork } from "@sebench/lowering";
import type { Availability, Device, Precision } from "./device.ts";
import type { Profile } from "./profile.ts";
import type { NamedTensor, RunInput } from "./run-input.ts";

/** The library that a runtime wraps: the first part of a runtime's id. */
export type EngineName =
  | "onnxruntime-node"
  | "onnxruntime-web"
  | "tfjs-node"
  | "tfjs-web"
  | "litert-web";
/**
 * An engine and a device. A third word names a build of the engine that computes
 * with other kernels: `onnxruntime-web/webgpu-jsep`.
 */
export type RuntimeId = `${EngineName}/${Device}` | `${EngineName}/${Device}-${string}`;

/**
 * What executes the JavaScript. `device` is a browser that somebody opened on a device of their own.
 */
export type Host =
  | "node"
  | "bun"
  | "deno"
  | "chromium"
  | "firefox"
  | "webkitgtk"
  | "safari"
  | "device";

/** The hosts whose pages run what needs nothing but WebAssembly or WebGL. */
export const browserHosts = [
  "chromium",
  "firefox",
  "webkitgtk",
  "safari",
  "device",
] as const satisfies readonly Host[];

/** The hosts whose pages may have WebGPU, which WebKitGTK has not. */
export const webgpuHosts = [
  "chromium",
  "firefox",
  "safari",
  "device",
] as const satisfies readonly Host[];

/** The declaration of a runtime. Importing it loads no engine. */
export interface Runtime {
  readonly id: RuntimeId;
  /** The device that an attestation must prove. */
  readonly device: Device;
  readonly hosts: readonly Host[];
  readonly precisions: readonly Precision[];
  /** What the runtime needs beyond its npm package, in words for people: `{ gpu: "NVIDIA, driver 550 or later" }`. */
  readonly requires: Readonly<Record<string, string>>;
  /** Loads the engine. Rejects only for bad options: what the machine lacks is `probe`'s answer. */
  load(options: EngineOptions): Promise<Engine>;
}

/** What is fixed for the life of a process or page, as wasm engines start their threads once. */
export interface EngineOptions {
  /** Threads of the CPU to compute with; null leaves the number to the engine. */
  readonly threads: number | null;
  /**
   * Whether NVIDIA's libraries may round to TF32, as they do by default. A host
   * forbids it by the environment that it starts the process with. Default true.
   */
  readonly tf32?: boolean;
  /**
   * Whether the engine may rewrite the graph that it is given. False runs a model's file node by
   * node, as a reference for parity. Default true.
   */
  readonly optimised?: boolean;
  /**
   * Whether the host has made sure that a page's WebGL is drawn by software, which a page of WebKit
   * cannot tell. Default false.
   */
  readonly softwareGl?: boolean;
  /**
   * URL of the folder, with its last "/", from which a page fetches the engine's
   * own files (.wasm, .mjs). Left out where the engine finds these itself, as in Node.
   */
  readonly assetsUrl?: string;
}

/** What is fixed for the life of a session. */
export interface SessionOptions {
  /** Images in one run; models are exported with static shapes. */
  readonly batch: number;
  /** The precision to compute in. One that the runtime lacks is refused with an `InputError`. */
  readonly precision: Precision;
  /** The ranges that int8 takes its scales from, by the name of each network that is to be encoded. */
  readonly ranges?: Readonly<Record<string, ActivationRanges>>;
}

/**
 * The least and the greatest value that each node of a network gave over some
 * images, by the name that the node has once batch norms are folded. Null keeps the
 * node's value in floating point.
 */
export type ActivationRanges = Readonly<
  Record<string, readonly [least: number, greatest: number] | null>
>;

/**
 * A network in the form that the engine loads, such as ONNX bytes. Only the
 * engine that made it can read it.
 */
export interface EncodedModel {
  /** Size of the form that is loaded, in bytes. */
  readonly byteLength: number;
}

/** The formats of models' files that engines load. */
export type FileFormat = "onnx" | "tflite" | "tfjs";

/** A model's file of the user's, which an engine loads as it is. */
export interface ModelFile {
  /** The path of the file, or its bytes in a page, which reads no files, and of a graph model of tfjs. */
  readonly source: string | Uint8Array;
  /** The files that hold its weights, by the paths that the model has for them. */
  readonly external: readonly {
    readonly path: string;
    readonly data: string | Uint8Array;
  }[];
  /** The size of the file with those of its weights, in bytes. */
  readonly byteLength: number;
}

/** A loaded engine, which computes on one device. */
export interface Engine<Model extends EncodedModel = EncodedModel> extends AsyncDisposable {
  /**
   * Starts the engine and says whether its device is there. Never throws. Where it
   * is not called, the first `prepare` starts the engine and is timed for that.
   */
  probe(): Promise<Availability>;
  /** Writes the network in the engine's form. This is not timed, as a deployment does it once, offline. */
  encode(network: LoweredNetwork, options: SessionOptions): Promise<Model>;
  /**
   * Takes a model's file as it is, in its own precision and with its own names of inputs and
   * outputs. Left out where the engine loads no files.
   */
  takeFile?(file: ModelFile): Model | Promise<Model>;
  /** The format of the files that `takeFile` takes, by default `onnx`. */
  readonly fileFormat?: FileFormat;
  /** Makes a model ready to run, with the options that it was encoded with. This is timed as `prepare`. */
  prepare(model: Model, options: SessionOptions): Promise<Session>;
  /** Makes a model ready to run in a session that keeps a profile. Left out where the engine has no profiler. */
  prepareProfiled?(model: Model, options: SessionOptions): Promise<ProfiledSession>;
  /** The engine as a deployment starts it. Left out where an engine only stands in for one. */
  readonly deployment?: Deployment;
}

/** An engine as a deployment starts it: in a fresh process or page, with a model from a file. */
export interface Deployment {
  /** Loads the engine's package, compiles its binary if it has one, and takes its device. */
  start(): Promise<void>;
  /** Makes a stored model ready to run, in a session that keeps nothing of its file, and so cannot attest. */
  open(stored: StoredModel): Promise<Session>;
}

/** A model as the files that a deployment ships. */
export interface StoredModel {
  /** What the engine must know of the model beside its bytes, as JSON. */
  readonly head: unknown;
  /** The bytes of the model: an ONNX file, or the values of tfjs's constants. */
  readonly bytes: Uint8Array;
}

/**
 * A model that is ready to run. Several sessions live at once, as a pair is measured
 * in alternation. Disposing of one twice is harmless.
 */
export interface Session<Input extends StagedInput = StagedInput> extends AsyncDisposable {
  /**
   * Brings one batch of images, `[batch, 3, height, width]`, or the inputs of a model's file
   * into the engine's layout. This is not timed. Images of another shape than the session's,
   * and inputs that the file does not have, are refused with an `InputError`.
   */
  stage(input: RunInput): Promise<Input>;
  /**
   * Uploads the input, infers, and brings the logits `[batch, classes]`, or all outputs of a
   * model's file, into the host's memory. This is the timed region. The array, which belongs to the
   * caller, has the logits, or the values of the file's first output that is of float32, and else
   * nothing.
   */
  run(input: Input): Promise<Float32Array>;
  /**
   * Runs as `run` does and gives all outputs, in the file's order. Only a session of a model's file
   * has it: of a network the logits are all.
   */
  outputs?(input: Input): Promise<readonly NamedTensor[]>;
  /** Proves which device computes. To be called after timing, as profilers disturb what they watch. */
  attest(): Promise<Attestation>;
}

/** A session that keeps a profile of its runs, which slows them. */
export interface ProfiledSession<Input extends StagedInput = StagedInput> extends Session<Input> {
  /**
   * Ends the profile and gives it, with all runs so far; later runs are in none.
   * An engine that does not tell what its kernels took gives the reason.
   */
  endProfile(): Promise<Profile>;
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
  /** Why the device is not proven, or null where it is. */
  readonly reason: string | null;
  /** Whether the CPU serves a GPU's interface. */
  readonly software: boolean;
  /** Threads that the engine computes with on the CPU, as proven, or null where a GPU computes. */
  readonly threads: number | null;
  /** Whether a GPU may have rounded factors to TF32 (10 bits of mantissa), which parity then allows for. */
  readonly tf32: boolean;
  /** What the proof rests on, as JSON. */
  readonly evidence: Readonly<Record<string, unknown>>;
}
