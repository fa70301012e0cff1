export { onnxruntimeWebWasm, onnxruntimeWebWebgpu } from "./runtime.ts";
