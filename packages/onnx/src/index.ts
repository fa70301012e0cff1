export type { ActivationRanges } from "./activation-scales.ts";
export { encodeOnnx, type OnnxOptions } from "./encode-onnx.ts";
export { encodeRangesModel, type RangesModel } from "./ranges-model.ts";
