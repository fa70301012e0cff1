import type { Binding, ProfileSummary } from "@sebench/onnxruntime";
import type { Attestation, Availability, EngineOptions, Lack } from "@sebench/runtime";

/** The device of a started engine. */
type TakenDevice = Pick<Extract<Availability, { ok: true }>, "device" | "software">;

/** What a profile and the process prove. */
type Verdict = Omit<Attestation, "device" | "proven">;

/** What differs between the devices of onnxruntime-node. */
export interface NodeDeviceRow {
  readonly layouts?: Binding["layouts"];
  /** The name of the provider in onnxruntime's option `executionProviders`. */
  readonly executionProvider: string;
  /** What a person can do where no session starts on the device and nothing better is known. */
  readonly remedy: string;
  /** What `probe` tries on the device: that a session starts, or that it computes as well. */
  readonly trial: "start" | "compute";
  /** Whether `probe` also tries to compute in fp16, as not every GPU does. */
  readonly triesHalves: boolean;
  /**
   * Whether one session is kept for as long as the process lives. With the last
   * session go a GPU's device and the shaders compiled for it.
   */
  readonly keepsSession: boolean;
  /** Brings what the engine needs to the place where the engine looks for it. */
  makeReady(): Promise<void>;
  /** Explains an error of the engine, or gives null where the error's own message will do. */
  explain(message: string): Promise<Lack | null>;
  describe(options: EngineOptions): Promise<TakenDevice>;
  judge(profile: ProfileSummary, options: EngineOptions): Promise<Verdict>;
}
