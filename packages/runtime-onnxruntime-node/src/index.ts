export { onnxruntimeNodeCpu } from "./runtime.ts";
