export { encodeOnnx, type OnnxOptions } from "./encode-onnx.ts";
export type { ActivationRanges } from "./precision/activation-scales.ts";
export { encodeRangesModel, type RangesModel } from "./ranges-model.ts";
