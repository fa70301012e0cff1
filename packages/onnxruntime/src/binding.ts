import type { Layout } from "@sebench/lowering";
import type { Attestation, Availability, Precision, Runtime } from "@sebench/runtime";
import type * as common from "onnxruntime-common";
import { smallestModel } from "./model.ts";
import type { ProfileSummary } from "./profile.ts";

export type InferenceSession = common.InferenceSession;
export type OrtSessionOptions = common.InferenceSession.SessionOptions;

/** The part of onnxruntime's packages that is the same in all of them. */
export type Ort = Pick<typeof common, "InferenceSession" | "Tensor" | "env">;

/** What differs between onnxruntime's packages and their devices. */
export interface Binding {
  readonly runtime: Pick<Runtime, "id" | "precisions">;
  /** Layouts that its kernels compute in beside `engine`, which each does; default none. */
  readonly layouts?: readonly Layout[];
  probe(): Promise<Availability>;
  /** The package, loaded. Rejects, saying why, where it cannot be had. */
  start(): Promise<Ort>;
  /** Made anew for each session, since onnxruntime-web writes its defaults into them. */
  sessionOptions(): OrtSessionOptions;
  recordProfile(): Promise<ProfileRecording>;
  /** What the profile proves of a session in that precision, with what else this binding knows. */
  judge(profile: ProfileSummary, precision: Precision): Promise<Attestation>;
  /** An error of the engine, in words for people; the error itself where its own will do. */
  explain?(error: unknown): Promise<unknown>;
  /** What `work` gives; rejects, where its device goes away, work that would never end. */
  guard?<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** A profile in the making. */
export interface ProfileRecording extends AsyncDisposable {
  /** Options that make a session keep a profile. */
  readonly options: OrtSessionOptions;
  /** Ends the session's profile and gives its text. */
  finish(session: InferenceSession): Promise<string>;
}

/** A session of the smallest model: rejects where its device does not start. */
export function tryDevice(ort: Ort, options: OrtSessionOptions): Promise<InferenceSession> {
  return ort.InferenceSession.create(smallestModel(), options);
}
