export {
  encodeOnnx,
  type OnnxOptions,
  encodeRangesModel,
  type RangesModel,
} from "./encode-onnx.ts";
export type { ActivationRanges } from "./precision/activation-scales.ts";
