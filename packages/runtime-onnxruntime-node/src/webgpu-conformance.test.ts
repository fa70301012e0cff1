import { describeRuntimeConformance } from "@sebench/runtime/testing";
import { onnxruntimeNodeWebgpu } from "./runtime.ts";

describeRuntimeConformance({
  runtime: onnxruntimeNodeWebgpu,
  engineOptions: { threads: 2 },
  declaredIn: new URL("./runtime.ts", import.meta.url),
  required: false,
  // On a GPU in software the shaders take most of this time to compile.
  timeoutMs: 180_000,
});
