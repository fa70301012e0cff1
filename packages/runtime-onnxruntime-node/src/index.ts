export {
  onnxruntimeNodeCpu,
  onnxruntimeNodeCuda,
  onnxruntimeNodeTensorrt,
  onnxruntimeNodeWebgpu,
} from "./runtime.ts";
