import { describeRuntimeConformance } from "@sebench/runtime/testing";
import { onnxruntimeNodeCuda, onnxruntimeNodeTensorrt } from "./runtime.ts";

for (const runtime of [onnxruntimeNodeCuda, onnxruntimeNodeTensorrt]) {
  describeRuntimeConformance({
    runtime,
    engineOptions: { threads: 2 },
    declaredIn: new URL("./runtime.ts", import.meta.url),
    required: false,
    // Of TF32, which is on by default.
    tolerance: 1e-2,
    timeoutMs: 180_000,
  });
}
