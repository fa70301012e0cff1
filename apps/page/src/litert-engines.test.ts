import type { Runtime } from "@sebench/runtime";
import { litertWebWasm, litertWebWebgpu, litertWebWebnn } from "@sebench/runtime-litert-web";
import { describeRuntimeConformance } from "@sebench/runtime/testing";
import type { Precision } from "@sebench/runtime";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { pageRuntime } from "./testing/page-runtime.ts";
import type { TestPageOptions } from "./testing/test-browser.ts";

interface Row {
  readonly runtime: Runtime;
  readonly threads: number | null;
  readonly page: TestPageOptions;
  /** Whether every browser has the runtime; false where only some have it. */
  readonly required: boolean;
  readonly precision?: Precision;
}

const webnn = { flags: ["--enable-features=WebMachineLearningNeuralNetwork"] };

const rows: readonly Row[] = [
  { runtime: litertWebWasm, threads: 1, page: {}, required: true },
  { runtime: litertWebWasm, threads: 2, page: {}, required: true },
  { runtime: litertWebWebgpu, threads: null, page: { webgpu: true }, required: true },
  {
    runtime: litertWebWebgpu,
    threads: null,
    page: { webgpu: true },
    required: true,
    precision: "fp16",
  },
  { runtime: litertWebWebnn, threads: null, page: webnn, required: false },
];

/** The largest error of fp16's logits, as in the parity of a run. */
const fp16Tolerance = 1e-2;

describeInBrowser("engines of LiteRT.js", 240_000, (pages) => {
  for (const { runtime, threads, page, required, precision = "fp32" } of rows) {
    describeRuntimeConformance({
      runtime: pageRuntime(runtime, () => pages.open(page)),
      host: "chromium",
      engineOptions: { threads },
      declaredIn: new URL(import.meta.resolve("@sebench/runtime-litert-web")),
      required,
      precision,
      tolerance: precision === "fp16" ? fp16Tolerance : 1e-4,
      timeoutMs: 240_000,
    });
  }
});
