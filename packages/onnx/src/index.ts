export { encodeOnnx, type OnnxOptions } from "./encode-onnx.ts";
