export { activationRanges } from "./activation-ranges.ts";
export {
  onnxruntimeNodeCpu,
  onnxruntimeNodeCuda,
  onnxruntimeNodeTensorrt,
  onnxruntimeNodeWebgpu,
} from "./runtime.ts";
