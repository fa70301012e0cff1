import { describeRuntimeConformance } from "@sebench/runtime/testing";
import { tfjsNodeCpu } from "./runtime.ts";

describeRuntimeConformance({
  runtime: tfjsNodeCpu,
  engineOptions: { threads: 2 },
  declaredIn: new URL("./runtime.ts", import.meta.url),
  required: false,
});
