import { describeRuntimeConformance } from "@sebench/runtime/testing";
import { tfjsNodeCuda } from "./runtime.ts";

describeRuntimeConformance({
  runtime: tfjsNodeCuda,
  engineOptions: { threads: null },
  declaredIn: new URL("./runtime.ts", import.meta.url),
  required: false,
  // TF32 has 10 bits of mantissa.
  tolerance: 1e-2,
});
