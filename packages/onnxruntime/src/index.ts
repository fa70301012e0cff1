export {
  type Binding,
  type InferenceSession,
  type Ort,
  type OrtSessionOptions,
  type ProfileRecording,
} from "./binding.ts";
export { onnxEngine } from "./engine.ts";
export { measureRanges } from "./measure-ranges.ts";
export { notInPrecision } from "./precision-doubt.ts";
export { notOnlyOn, type ProfileSummary, summariseProfile } from "./profile.ts";
export { tryConvolution, tryDevice } from "./trial.ts";
