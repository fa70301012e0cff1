export { tfjsWebCpu, tfjsWebWasm, tfjsWebWebgl, tfjsWebWebgpu } from "./runtime.ts";
