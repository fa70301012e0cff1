import type { Layout } from "@sebench/lowering";
import type { Attestation, Availability, Precision, Runtime } from "@sebench/runtime";
import type * as common from "onnxruntime-common";
import type { ProfileSummary } from "./profile.ts";

export type InferenceSession = common.InferenceSession;
export type OrtSessionOptions = common.InferenceSession.SessionOptions;

/** The part of onnxruntime's packages that all of them have alike. */
export type Ort = Pick<typeof common, "InferenceSession" | "Tensor" | "env">;

/** What differs between onnxruntime's packages and their devices. */
export interface Binding {
  readonly runtime: Pick<Runtime, "id" | "precisions">;
  /** Layouts that the kernels compute in beside `engine`, which all kernels do. Default none. */
  readonly layouts?: readonly Layout[];
  /** Whether the package finds the weights of a model's file in the files beside it. Default false. */
  readonly findsWeights?: boolean;
  probe(): Promise<Availability>;
  /** Loads the package. Rejects with the reason where it does not load. */
  start(): Promise<Ort>;
  /** The options of a session, made anew for each, since onnxruntime-web writes its defaults into them. */
  sessionOptions(): OrtSessionOptions;
  /** Begins a profile of a session that is yet to be made. */
  recordProfile(): Promise<ProfileRecording>;
  /**
   * What the profile of a session proves, together with what else the binding knows. The precision
   * is null of a model's file, which has its own. So many layers as `floatLayers` were to stay in float32.
   */
  judge(
    profile: ProfileSummary,
    precision: Precision | null,
    floatLayers?: number,
  ): Promise<Attestation>;
  /** Puts an error of the engine into words for people, or gives the error back where its own words will do. */
  explain?(error: unknown): Promise<unknown>;
  /** Gives what `work` gives, and rejects where the device goes away and the work would never end. */
  guard?<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** A profile that is being recorded. */
export interface ProfileRecording extends AsyncDisposable {
  /** The options that make a session keep the profile. */
  readonly options: OrtSessionOptions;
  /** Ends the session's profile and gives its text, in onnxruntime's format. */
  finish(session: InferenceSession): Promise<string>;
}
