export { litertWebWasm, litertWebWebgpu, litertWebWebnn } from "./runtime.ts";
