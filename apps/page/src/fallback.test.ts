import {
  onnxruntimeWebWasm,
  onnxruntimeWebWebgpu,
  onnxruntimeWebWebgpuJsep,
  onnxruntimeWebWebnn,
} from "@sebench/runtime-onnxruntime-web";
import { webDevices } from "@sebench/runtime-onnxruntime-web/device";
import { describe, expect, it } from "vitest";
import type { PageModel } from "./testing/page-runtime.ts";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { loseAdapter, replaceOperator } from "./testing/planted-fault.ts";
import { profileRaw } from "./testing/raw-profile.ts";
import { askingIn, encode, load, oneInFp32 } from "./testing/small-session.ts";

describeInBrowser("no fallback passes", 120_000, (pages) => {
  const { probe, attest } = askingIn(pages);

  describe("of wasm", () => {
    it("takes one thread where two were asked for as no proof", async () => {
      expect(await attest(onnxruntimeWebWasm, { isolated: false }, { threads: 2 })).toMatchObject({
        proven: false,
        reason:
          "2 threads were asked for, and the engine has 1, as the page is not cross-origin isolated",
        threads: 1,
      });
    });

    it("proves one thread where one was asked for, isolated or not", async () => {
      expect(await attest(onnxruntimeWebWasm, { isolated: false }, { threads: 1 })).toMatchObject({
        proven: true,
        threads: 1,
        evidence: {
          binary: "ort-wasm-simd-threaded.wasm",
          taken: { details: { simd: true } },
          threads: { pool: 1 },
        },
      });
    });
  });

  describe.each([
    [onnxruntimeWebWebgpu, "ort.webgpu.min.mjs", webDevices.webgpu],
    [onnxruntimeWebWebgpuJsep, "ort.min.mjs", webDevices["webgpu-jsep"]],
  ] as const)("of $0.id", (runtime, bundle, { doubt }) => {
    const noAdapter = {
      ok: false,
      reason: "the browser has no WebGPU adapter",
      remedy: expect.stringContaining("--enable-unsafe-webgpu"),
    };

    it("is unavailable, with the flags to use, where the browser has no adapter", async () => {
      expect(await probe(runtime, { webgpu: false })).toEqual(noAdapter);
    });

    it("is unavailable where the adapter is gone by the time the engine asks for it", async () => {
      const availability = await pages.lend({ webgpu: true }, async (opened) => {
        await loseAdapter(opened.page, { after: 1 });
        return (await load(runtime, opened)).probe();
      });
      expect(availability).toMatchObject({
        ok: false,
        reason: expect.stringMatching(/^Failed to get GPU adapter/),
      });
    });

    it("is not proven by what the engine does that may fall back to wasm, and has no adapter", async () => {
      const profile = await pages.lend({ webgpu: false }, (opened) =>
        profileRaw(opened, bundle, ["webgpu", "wasm"]),
      );
      expect(doubt(profile, { threads: null })).toMatch(
        /^not every node ran on \w+: \d+ on CPUExecutionProvider$/,
      );
    });

    it("refuses a network of which the CPU would compute one operator", async () => {
      await pages.lend({ webgpu: true }, async (opened) => {
        const engine = await load(runtime, opened);
        const model = await encode(engine);
        // No GPU provider has the operator Hardmax.
        await replaceOperator(model as PageModel, { from: "Sigmoid", to: "Hardmax" });
        // The network has nine blocks, whose gates go to the CPU, and come back.
        await expect(engine.prepare(model, oneInFp32)).rejects.toThrow(
          /only 125 of 134 nodes run on the device, and the CPU would compute (Hardmax stage2\/block\d\/excite\/gate, ){2}Hardmax stage2\/block\d\/excite\/gate and 6 others \(the device's provider has no kernel\); 18 copies between them, [\d.]+ ms a run/,
        );
      });
    });

    it("says that WebGPU by SwiftShader is software", async () => {
      expect(await probe(runtime, { webgpu: true })).toMatchObject({
        ok: true,
        software: true,
        device: { details: { vendor: "google", architecture: "swiftshader" } },
      });
    });
  });

  describe("of WebNN", () => {
    it("is unavailable, with the flag to use, where the browser does not offer it", async () => {
      expect(await probe(onnxruntimeWebWebnn, {})).toEqual({
        ok: false,
        reason: "the browser has no WebNN",
        remedy: expect.stringContaining("--enable-features=WebMachineLearningNeuralNetwork"),
      });
    });

    it("is not proven by what the engine does that may fall back to wasm", async () => {
      const profile = await pages.lend({}, (opened) =>
        profileRaw(opened, "ort.webgpu.min.mjs", ["webnn", "wasm"]),
      );
      expect(webDevices.webnn.doubt(profile, { threads: null })).toContain(
        "on CPUExecutionProvider",
      );
    });
  });
});
