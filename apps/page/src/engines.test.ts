import { describeRuntimeConformance } from "@sebench/runtime/testing";
import { onnxruntimeWebWasm, onnxruntimeWebWebgpu } from "@sebench/runtime-onnxruntime-web";
import { afterAll, beforeAll, describe } from "vitest";
import { pageRuntime } from "./testing/page-runtime.ts";
import {
  type BuiltPage,
  buildTestPage,
  hasBrowser,
  inBrowser,
  openPage,
} from "./testing/test-browser.ts";

describe.skipIf(!hasBrowser)(`engines ${inBrowser}`, () => {
  let built: BuiltPage;
  beforeAll(async () => {
    built = await buildTestPage();
  });
  afterAll(() => built[Symbol.asyncDispose]());

  const declaredIn = new URL(import.meta.resolve("@sebench/runtime-onnxruntime-web"));

  describeRuntimeConformance({
    runtime: pageRuntime(onnxruntimeWebWasm, () => openPage(built, {})),
    engineOptions: { threads: 2 },
    declaredIn,
  });

  describeRuntimeConformance({
    runtime: pageRuntime(onnxruntimeWebWebgpu, () => openPage(built, { webgpu: true })),
    engineOptions: { threads: 1 },
    declaredIn,
    // SwiftShader compiles shaders for a minute on a busy machine.
    timeoutMs: 240_000,
  });
});
