import { lower } from "@sebench/lowering";
import type { Attestation, Engine, Runtime } from "@sebench/runtime";
import { onnxruntimeWebWasm, onnxruntimeWebWebgpu } from "@sebench/runtime-onnxruntime-web";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageRuntime } from "./testing/page-runtime.ts";
import {
  type BuiltPage,
  buildTestPage,
  hasBrowser,
  inBrowser,
  openPage,
  type TestPageOptions,
} from "./testing/test-browser.ts";
import { makeTestCase } from "./testing/test-case.ts";

describe.skipIf(!hasBrowser)(`no fallback passes ${inBrowser}`, () => {
  let built: BuiltPage;
  beforeAll(async () => {
    built = await buildTestPage();
  });
  afterAll(() => built[Symbol.asyncDispose]());

  async function withEngine<Result>(
    [runtime, page]: readonly [Runtime, TestPageOptions],
    options: Parameters<Runtime["load"]>[0],
    use: (engine: Engine) => Promise<Result>,
  ): Promise<Result> {
    const engine = await pageRuntime(runtime, () => openPage(built, page)).load(options);
    try {
      return await use(engine);
    } finally {
      await engine[Symbol.asyncDispose]();
    }
  }

  it("takes one thread where two were asked for as no proof", async () => {
    const attestation = await withEngine(
      [onnxruntimeWebWasm, { isolated: false }],
      { threads: 2 },
      attestSmallNetwork,
    );
    expect(attestation).toMatchObject({
      proven: false,
      reason:
        "2 threads were asked for, and the engine has 1, as the page is not cross-origin isolated",
    });
  });

  it("proves one thread where one was asked for, isolated or not", async () => {
    const attestation = await withEngine(
      [onnxruntimeWebWasm, { isolated: false }],
      { threads: 1 },
      attestSmallNetwork,
    );
    expect(attestation).toMatchObject({ proven: true, evidence: { threads: { pool: 1 } } });
  });

  it("is unavailable, with the flags to use, where the browser has no WebGPU adapter", async () => {
    const page = { webgpu: false };
    const availability = await withEngine([onnxruntimeWebWebgpu, page], { threads: 1 }, (engine) =>
      engine.probe(),
    );
    expect(availability).toEqual({
      ok: false,
      reason: "the browser has no WebGPU adapter",
      remedy: expect.stringContaining("--enable-unsafe-webgpu"),
    });
  });

  it("says that WebGPU by SwiftShader is software", async () => {
    const availability = await withEngine(
      [onnxruntimeWebWebgpu, { webgpu: true }],
      { threads: 1 },
      (engine) => engine.probe(),
    );
    expect(availability).toMatchObject({
      ok: true,
      software: true,
      device: { details: { vendor: "google", architecture: "swiftshader" } },
    });
  });

  it("is unavailable where the engine's files are not served", async () => {
    const availability = await withEngine(
      [onnxruntimeWebWasm, {}],
      { threads: 1, assetsUrl: "/nowhere/" },
      (engine) => engine.probe(),
    );
    expect(availability).toMatchObject({
      ok: false,
      reason: expect.stringContaining("/nowhere/ort-wasm-simd-threaded.mjs"),
    });
  });
});

async function attestSmallNetwork(engine: Engine): Promise<Attestation> {
  const { networks, weights } = makeTestCase();
  const options = { batch: 1, precision: "fp32" } as const;
  const model = await engine.encode(lower(networks.se, weights.se, "gemm"), options);
  const session = await engine.prepare(model, options);
  return session.attest();
}
