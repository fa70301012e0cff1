import { availableParallelism } from "node:os";
import { runReference } from "@sebench/reference";
import {
  applied,
  groupedConvolutions,
  relativeError,
  testImages,
} from "@sebench/reference/testing";
import type { EncodedModel, Engine } from "@sebench/runtime";
import { litertWebWasm, litertWebWebgpu, litertWebWebnn } from "@sebench/runtime-litert-web";
import { inputShape } from "@sebench/spec";
import { withOperator, withoutBias } from "@sebench/tflite/testing";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import type { PageModel } from "./testing/page-runtime.ts";
import { loseAdapter } from "./testing/planted-fault.ts";
import { askingIn, encode, load, oneImage, oneInFp32, prepare } from "./testing/small-session.ts";

type Plant = (bytes: Uint8Array) => Uint8Array;

/** Encodes the small network, and changes the bytes of its model in the page. */
async function encodeWith(engine: Engine, plant: Plant): Promise<EncodedModel> {
  const model = (await encode(engine)) as PageModel;
  const bytes = await model.handle.evaluate((its) => [
    ...(its as unknown as { bytes: Uint8Array }).bytes,
  ]);
  const planted = [...plant(Uint8Array.from(bytes))];
  await model.handle.evaluate((its, values) => {
    Object.assign(its, { bytes: Uint8Array.from(values) });
  }, planted);
  return model;
}

describeInBrowser("no fallback of LiteRT.js passes", 120_000, (pages) => {
  const { probe, attest } = askingIn(pages);

  describe("of an operator", () => {
    /** The error of preparing, or else of running, a model on wasm. */
    const errorOf = (plant: Plant) =>
      pages.lend({}, async (opened) => {
        const engine = await load(litertWebWasm, opened, { threads: 1 });
        const model = await encodeWith(engine, plant);
        return engine.prepare(model, oneInFp32).then(
          async (session) => {
            return session.run(await session.stage(oneImage())).then(() => "none", String);
          },
          (error: unknown) => String(error),
        );
      });

    it("that nobody has", async () => {
      expect(await errorOf((bytes) => withOperator(bytes, "LOGISTIC", "CUSTOM"))).not.toBe("none");
    });

    it("that cannot be prepared, whose run resolves with outputs that nobody wrote", async () => {
      expect(await errorOf(withoutBias)).toMatch(/LiteRT\.js did not (prepare|run) the model/);
    });

    it("that XNNPACK leaves to another kernel", async () => {
      expect(await errorOf((bytes) => withOperator(bytes, "LOGISTIC", "RELU_0_TO_1"))).toContain(
        "the accelerator does not take all of its operators",
      );
    });
  });

  describe("of threads", () => {
    it("proves two that share memory, and the binary", async () => {
      expect(await attest(litertWebWasm, {}, { threads: 2 })).toMatchObject({
        proven: true,
        threads: 2,
        evidence: { binary: "litert_wasm_threaded_internal.wasm", sharedHeap: true },
      });
    });

    it("proves one where none were asked for", async () => {
      expect(await attest(litertWebWasm, { isolated: false }, { threads: null })).toMatchObject({
        proven: true,
        threads: 1,
        evidence: { binary: "litert_wasm_internal.wasm", sharedHeap: false },
      });
    });

    it("is unavailable with two where the page is not isolated", async () => {
      expect(await probe(litertWebWasm, { isolated: false }, { threads: 2 })).toMatchObject({
        ok: false,
        reason: expect.stringContaining("not cross-origin isolated"),
      });
    });

    it("proves more than there are workers when LiteRT.js starts, which is one for each core", async () => {
      const threads = availableParallelism() + 2;
      expect(await attest(litertWebWasm, {}, { threads })).toMatchObject({
        proven: true,
        threads,
      });
    });
  });

  describe("of WebGPU", () => {
    it("is unavailable, with the flags to use, where the browser has no adapter", async () => {
      expect(await probe(litertWebWebgpu, { webgpu: false })).toMatchObject({
        ok: false,
        reason: "the browser has no WebGPU adapter",
      });
    });

    it("is unavailable where the adapter is gone by the time the engine asks for it", async () => {
      const availability = await pages.lend({ webgpu: true }, async (opened) => {
        await loseAdapter(opened.page, { after: 1 });
        return (await load(litertWebWebgpu, opened)).probe();
      });
      expect(availability).toMatchObject({ ok: false });
    });

    it("says that SwiftShader is software, and proves the memory that the outputs lie in", async () => {
      expect(await attest(litertWebWebgpu, { webgpu: true }, {})).toMatchObject({
        proven: true,
        software: true,
        threads: null,
        evidence: { bufferType: 26, roundedToHalves: false },
      });
    });

    it.each(groupedConvolutions)("computes convolutions right: %s", async (_name, channels, op) => {
      const network = applied([channels, 9, 8], op);
      const weights = seededWeights(network, 1);
      const images = testImages(1, inputShape(network));
      const logits = await pages.lend({ webgpu: true }, async (opened) => {
        const engine = await load(litertWebWebgpu, opened);
        const model = await engine.encode({ network, weights, lowering: "conv1x1" }, oneInFp32);
        const session = await engine.prepare(model, oneInFp32);
        return session.run(await session.stage(images));
      });
      expect(relativeError(logits, runReference(network, weights, images))).toBeLessThan(1e-4);
    });
  });

  describe("of WebNN", () => {
    it("is unavailable where the browser does not offer it, and prepares nothing", async () => {
      expect(await probe(litertWebWebnn, {})).toMatchObject({
        ok: false,
        reason: "the browser has no WebNN",
      });
      await pages.lend({}, async (opened) => {
        await expect(prepare(await load(litertWebWebnn, opened))).rejects.toThrow("has no WebNN");
      });
    });
  });
});
