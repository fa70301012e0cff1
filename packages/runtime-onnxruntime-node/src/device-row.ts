import type { Binding, ProfileSummary } from "@sebench/onnxruntime";
import type { Attestation, Availability, EngineOptions, Runtime } from "@sebench/runtime";

/** What stands in the way, and what to do about it, each in one line. */
export interface Hindrance {
  readonly reason: string;
  readonly remedy: string;
}

/** The device of a started engine. */
type TakenDevice = Pick<Extract<Availability, { ok: true }>, "device" | "software">;

/** What a profile proves, with what the process shows besides. */
type Verdict = Omit<Attestation, "device" | "proven">;

/** What differs between the devices of onnxruntime-node. */
export interface NodeDeviceRow {
  readonly hosts: Runtime["hosts"];
  readonly precisions: Runtime["precisions"];
  readonly layouts?: Binding["layouts"];
  readonly requires: Runtime["requires"];
  /** As `executionProviders` names it. */
  readonly executionProvider: string;
  /** What to do where no session starts on it and nothing better is known. */
  readonly remedy: string;
  /** How `probe` tries it: whether a session starts, or whether it also computes. */
  readonly trial: "start" | "compute";
  /** Whether `probe` also tries whether its GPU computes in fp16, as not every one does. */
  readonly triesHalves: boolean;
  /**
   * Whether one session is kept for as long as the process lives: with the last
   * one go a GPU's device and the shaders compiled for it.
   */
  readonly keepsSession: boolean;
  /** Brings what the engine needs to where it looks for it. */
  makeReady(): Promise<void>;
  /** What an error of the engine means; null where its message says it. */
  explain(message: string): Promise<Hindrance | null>;
  describe(options: EngineOptions): Promise<TakenDevice>;
  judge(profile: ProfileSummary, options: EngineOptions): Promise<Verdict>;
}
