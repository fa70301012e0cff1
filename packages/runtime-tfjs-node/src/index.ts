export { tfjsNodeCpu, tfjsNodeCuda } from "./runtime.ts";
