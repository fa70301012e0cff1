import { lower } from "@sebench/lowering";
import type { Precision, Runtime } from "@sebench/runtime";
import {
  onnxruntimeWebWasm,
  onnxruntimeWebWebgpu,
  onnxruntimeWebWebgpuJsep,
} from "@sebench/runtime-onnxruntime-web";
import { tfjsWebWebgl } from "@sebench/runtime-tfjs-web";
import { describeRuntimeConformance } from "@sebench/runtime/testing";
import { expect, it } from "vitest";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { pageRuntime } from "./testing/page-runtime.ts";
import { load, oneInFp32, prepare } from "./testing/small-session.ts";
import type { TestPageOptions } from "./testing/test-browser.ts";
import { makeTestCase } from "./testing/test-case.ts";

interface Row {
  readonly runtime: Runtime;
  readonly precision: Precision;
  readonly tolerance: number;
  readonly threads: number | null;
  readonly page: TestPageOptions;
  readonly package: string;
  /** Whether every GPU has the precision; false where one may lack it, as SwiftShader does. */
  readonly required: boolean;
}

const onWebgpu = {
  precision: "fp16",
  tolerance: 1e-2,
  threads: 1,
  page: { webgpu: true },
  package: "@sebench/runtime-onnxruntime-web",
  required: false,
} as const;

const rows: readonly Row[] = [
  {
    runtime: onnxruntimeWebWasm,
    precision: "int8",
    tolerance: 1e-1,
    threads: 2,
    page: {},
    package: "@sebench/runtime-onnxruntime-web",
    required: true,
  },
  { runtime: onnxruntimeWebWebgpu, ...onWebgpu },
  { runtime: onnxruntimeWebWebgpuJsep, ...onWebgpu },
  {
    runtime: tfjsWebWebgl,
    precision: "fp16",
    tolerance: 1e-2,
    threads: null,
    page: {},
    package: "@sebench/runtime-tfjs-web",
    required: true,
  },
];

describeInBrowser("precisions", 240_000, (pages) => {
  for (const { runtime, threads, page, package: name, ...row } of rows) {
    describeRuntimeConformance({
      ...row,
      runtime: pageRuntime(runtime, () => pages.open(page)),
      host: "chromium",
      engineOptions: { threads },
      declaredIn: new URL(import.meta.resolve(name)),
      // SwiftShader compiles shaders for a minute on a busy machine.
      timeoutMs: 240_000,
    });
  }

  it("a page of tfjs-web/webgl keeps to its first precision", async () => {
    await pages.lend({}, async (opened) => {
      const engine = await load(tfjsWebWebgl, opened);
      await using session = await prepare(engine);
      const { evidence } = await session.attest();
      expect(evidence).toMatchObject({ flags: { WEBGL_RENDER_FLOAT32_ENABLED: true } });
      const halves = { ...oneInFp32, precision: "fp16" } as const;
      const { networks, weights } = makeTestCase();
      const lowered = lower(networks.se, weights.se, "gemm");
      const model = await engine.encode(lowered, halves);
      await expect(engine.prepare(model, halves)).rejects.toThrow("cannot change to fp16");
    });
  });
});
