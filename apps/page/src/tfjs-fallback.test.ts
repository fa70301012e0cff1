import { tfjsWebCpu, tfjsWebWasm, tfjsWebWebgl, tfjsWebWebgpu } from "@sebench/runtime-tfjs-web";
import { describe, expect, it } from "vitest";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import {
  breakKept,
  hideExtension,
  keepResult,
  measureUntilBroken,
} from "./testing/planted-fault.ts";
import { askingIn, load, oneImage, prepare } from "./testing/small-session.ts";

describeInBrowser("tfjs does not fall back", 120_000, (pages) => {
  const { probe, attest } = askingIn(pages);

  describe("of wasm", () => {
    it("takes one thread where two were asked for as no proof", async () => {
      expect(await attest(tfjsWebWasm, { isolated: false }, { threads: 2 })).toMatchObject({
        proven: false,
        reason:
          "2 threads were asked for, and the engine has 1, as the page is not cross-origin isolated",
        threads: 1,
        evidence: { binary: "tfjs-backend-wasm-simd.wasm", simd: true },
      });
    });

    it("proves one thread where one was asked for, isolated or not", async () => {
      const attestation = await attest(tfjsWebWasm, { isolated: false }, { threads: 1 });
      expect(attestation).toMatchObject({ proven: true, threads: 1 });
    });

    it("proves more threads than half of the cores, which tfjs alone would not take", async () => {
      expect(await attest(tfjsWebWasm, {}, { threads: 4 })).toMatchObject({
        proven: true,
        threads: 4,
        evidence: { binary: "tfjs-backend-wasm-threaded-simd.wasm", threads: { pool: 4 } },
      });
    });

    it("leaves tfjs half of the cores, as it takes them, where no threads are asked for", async () => {
      const { proven, threads, evidence } = await attest(tfjsWebWasm, {}, { threads: null });
      const half = Math.floor((evidence["coresTold"] as number) / 2);
      expect({ proven, threads }).toEqual({
        proven: true,
        threads: Math.min(Math.max(half, 1), 8),
      });
    });

    it("takes eight threads where nine were asked for as no proof", async () => {
      expect(await attest(tfjsWebWasm, {}, { threads: 9 })).toMatchObject({
        proven: false,
        reason: "9 threads were asked for, and the engine has 8",
      });
    });

    it("is unavailable where its binary is not served, and names it", async () => {
      const availability = await probe(tfjsWebWasm, {}, { assetsUrl: "/nowhere/" });
      expect(availability).toMatchObject({
        ok: false,
        reason: expect.stringContaining("/nowhere/tfjs-backend-wasm-threaded-simd.wasm"),
        remedy: expect.stringContaining("@tensorflow/tfjs-backend-wasm"),
      });
    });
  });

  describe("of plain JavaScript", () => {
    it("takes two threads that were asked for as not proven", async () => {
      expect(await attest(tfjsWebCpu, {}, { threads: 2 })).toMatchObject({
        proven: false,
        reason: "2 threads were asked for, and plain JavaScript computes with 1",
      });
    });

    it("does not compute in a page where another backend does", async () => {
      const second = pages.lend({}, async (opened) => {
        await (await load(tfjsWebWasm, opened)).probe();
        return prepare(await load(tfjsWebCpu, opened));
      });
      await expect(second).rejects.toThrow("tfjs has started in this page on wasm");
    });
  });

  describe("of WebGL", () => {
    it("says that WebGL by SwiftShader is software, and names it", async () => {
      expect(await probe(tfjsWebWebgl, {})).toMatchObject({
        ok: true,
        software: true,
        device: { name: expect.stringContaining("SwiftShader") },
      });
    });

    it("is unavailable, with the flags to use, where the browser has no WebGL", async () => {
      const flags = ["--disable-gpu", "--disable-software-rasterizer"];
      expect(await probe(tfjsWebWebgl, { flags })).toEqual({
        ok: false,
        reason: "the browser has no WebGL 2",
        remedy: expect.stringContaining("--enable-unsafe-swiftshader"),
      });
    });

    it("is unavailable where WebGL renders to 16-bit textures only", async () => {
      const availability = await pages.lend({}, async (opened) => {
        await hideExtension(opened.page, "EXT_color_buffer_float");
        return (await load(tfjsWebWebgl, opened)).probe();
      });
      expect(availability).toMatchObject({
        ok: false,
        reason: expect.stringContaining("less than fp32"),
        remedy: expect.stringContaining("tfjs-web/wasm"),
      });
    });

    it("rejects a run, and every later one, when its context is lost", async () => {
      await pages.lend({}, async (opened) => {
        await keepResult(opened.page, "OffscreenCanvas", "getContext");
        const session = await prepare(await load(tfjsWebWebgl, opened));
        const input = await session.stage(oneImage());
        await session.run(input);
        await breakKept(opened.page);
        await expect(session.run(input)).rejects.toThrow("has lost its WebGL context");
        await expect(session.run(input)).rejects.toThrow("has lost its WebGL context");
      });
    });
  });

  it("makes a case fail, with the reason, whose context is lost in the middle", async () => {
    const result = await pages.lend({}, async (opened) => {
      await keepResult(opened.page, "OffscreenCanvas", "getContext");
      return measureUntilBroken(opened, tfjsWebWebgl.id);
    });
    expect(result).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("has lost its WebGL context") },
    });
  });

  describe("of WebGPU", () => {
    it("is unavailable, with the flags to use, where the browser has no adapter", async () => {
      expect(await probe(tfjsWebWebgpu, { webgpu: false })).toEqual({
        ok: false,
        reason: "the browser has no WebGPU adapter",
        remedy: expect.stringContaining("--enable-unsafe-webgpu"),
      });
    });

    it("says that WebGPU by SwiftShader is software", async () => {
      expect(await probe(tfjsWebWebgpu, { webgpu: true })).toMatchObject({
        ok: true,
        software: true,
        device: { details: { vendor: "google", architecture: "swiftshader" } },
      });
    });

    it("rejects a run, and every later one, when its device is lost", async () => {
      await pages.lend({ webgpu: true }, async (opened) => {
        await keepResult(opened.page, "GPUAdapter", "requestDevice");
        const session = await prepare(await load(tfjsWebWebgpu, opened));
        const input = await session.stage(oneImage());
        await session.run(input);
        await breakKept(opened.page);
        await expect(session.run(input)).rejects.toThrow("has lost its WebGPU device (destroyed)");
        await expect(session.run(input)).rejects.toThrow("has lost its WebGPU device (destroyed)");
      });
    });
  });
});
