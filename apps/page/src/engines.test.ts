import { testsAll } from "@sebench/reference/testing";
import type { Runtime } from "@sebench/runtime";
import {
  onnxruntimeWebWasm,
  onnxruntimeWebWebgpu,
  onnxruntimeWebWebgpuJsep,
  onnxruntimeWebWebnn,
} from "@sebench/runtime-onnxruntime-web";
import { describeRuntimeConformance } from "@sebench/runtime/testing";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { pageRuntime } from "./testing/page-runtime.ts";
import type { TestPageOptions } from "./testing/test-browser.ts";

interface Row {
  readonly runtime: Runtime;
  readonly threads: number | null;
  readonly page: TestPageOptions;
  /** Whether every browser has the runtime; false where only some have it. */
  readonly required: boolean;
}

const webnn = { flags: ["--enable-features=WebMachineLearningNeuralNetwork"] };

/** The older bundle, whose kernels take a software GPU as long again: it is left to CI. */
const jsep: Row = {
  runtime: onnxruntimeWebWebgpuJsep,
  threads: 1,
  page: { webgpu: true },
  required: true,
};

const rows: readonly Row[] = [
  { runtime: onnxruntimeWebWasm, threads: 2, page: {}, required: true },
  { runtime: onnxruntimeWebWebgpu, threads: 1, page: { webgpu: true }, required: true },
  ...(testsAll ? [jsep] : []),
  { runtime: onnxruntimeWebWebnn, threads: null, page: webnn, required: false },
];

describeInBrowser("engines", 240_000, (pages) => {
  for (const { runtime, threads, page, required } of rows) {
    describeRuntimeConformance({
      runtime: pageRuntime(runtime, () => pages.open(page)),
      host: "chromium",
      engineOptions: { threads },
      declaredIn: new URL(import.meta.resolve("@sebench/runtime-onnxruntime-web")),
      required,
      // SwiftShader compiles shaders for a minute on a busy machine.
      timeoutMs: 240_000,
    });
  }
});
