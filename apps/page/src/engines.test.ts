import { describeRuntimeConformance } from "@sebench/runtime/testing";
import { onnxruntimeWebWasm, onnxruntimeWebWebgpu } from "@sebench/runtime-onnxruntime-web";
import { afterAll, beforeAll, describe } from "vitest";
import { pageRuntime } from "./testing/page-runtime.ts";
import { buildTestPage, noBrowser, openPage } from "./testing/test-browser.ts";

describe.skipIf(noBrowser !== null)(`in a page${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let built: Awaited<ReturnType<typeof buildTestPage>>;
  beforeAll(async () => {
    built = await buildTestPage();
  });
  afterAll(() => built.dispose());

  const declaredIn = new URL(import.meta.resolve("@sebench/runtime-onnxruntime-web"));

  describe.each([1, 2])("with %i threads", (threads) => {
    describeRuntimeConformance({
      runtime: pageRuntime(onnxruntimeWebWasm, () =>
        openPage({ root: built.root, webgpu: false, isolated: true }),
      ),
      engineOptions: { threads },
      declaredIn,
    });
  });

  describeRuntimeConformance({
    runtime: pageRuntime(onnxruntimeWebWebgpu, () =>
      openPage({ root: built.root, webgpu: true, isolated: true }),
    ),
    engineOptions: { threads: 1 },
    declaredIn,
    timeoutMs: 240_000,
  });
});
