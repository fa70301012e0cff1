export {
  type Binding,
  type InferenceSession,
  type Ort,
  type OrtSessionOptions,
  type ProfileRecording,
  tryDevice,
} from "./binding.ts";
export { onnxEngine } from "./engine.ts";
export { notOnlyOn, type ProfileSummary } from "./profile.ts";
