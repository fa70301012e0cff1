export {
  encodeOnnx,
  type OnnxOptions,
  encodeRangesModel,
  type RangesModel,
} from "./encode-onnx.ts";
export { float16Bits } from "./proto/tensor-proto.ts";
export type { ActivationRanges } from "./precision/activation-scales.ts";
