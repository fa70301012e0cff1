import { describeRuntimeConformance } from "@sebench/runtime/testing";
import { onnxruntimeWebWasm } from "./runtime.ts";

describeRuntimeConformance({
  runtime: onnxruntimeWebWasm,
  engineOptions: { threads: 2 },
  declaredIn: new URL("./runtime.ts", import.meta.url),
  precision: "int8",
  tolerance: 1e-1,
});
