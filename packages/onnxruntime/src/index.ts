export type {
  Binding,
  InferenceSession,
  Ort,
  OrtSessionOptions,
  ProfileRecording,
} from "./binding.ts";
export { onnxEngine } from "./engine.ts";
export { storeModel } from "./model.ts";
export { feedsOf } from "./feeds.ts";
export { notInPrecision } from "./precision-doubt.ts";
export { kernelProfile, notOnlyOn, type ProfileSummary, summariseProfile } from "./profile.ts";
export { tryConvolution, tryDevice } from "./trial.ts";
