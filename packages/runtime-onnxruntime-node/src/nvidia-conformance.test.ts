import { describeRuntimeConformance } from "@sebench/runtime/testing";
import { onnxruntimeNodeCuda, onnxruntimeNodeTensorrt } from "./runtime.ts";

const rows = [
  { runtime: onnxruntimeNodeCuda, precision: "fp32" },
  { runtime: onnxruntimeNodeCuda, precision: "fp16" },
  { runtime: onnxruntimeNodeTensorrt, precision: "fp32" },
] as const;

for (const row of rows) {
  describeRuntimeConformance({
    ...row,
    engineOptions: { threads: 2 },
    declaredIn: new URL("./runtime.ts", import.meta.url),
    required: false,
    // The tolerance is that of fp16, and of TF32, which is on by default.
    tolerance: 1e-2,
    timeoutMs: 180_000,
  });
}
