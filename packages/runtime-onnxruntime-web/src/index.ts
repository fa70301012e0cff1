export {
  onnxruntimeWebWasm,
  onnxruntimeWebWebgpu,
  onnxruntimeWebWebgpuJsep,
  onnxruntimeWebWebnn,
} from "./runtime.ts";
