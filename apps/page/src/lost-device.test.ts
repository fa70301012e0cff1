import { testsAll } from "@sebench/reference/testing";
import { onnxruntimeWebWebgpu, onnxruntimeWebWebgpuJsep } from "@sebench/runtime-onnxruntime-web";
import { describe, expect, it } from "vitest";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import {
  breakKept,
  failKept,
  keepResult,
  measureUntilBroken,
  soakUntilBroken,
} from "./testing/planted-fault.ts";
import { load, oneImage, prepare } from "./testing/small-session.ts";
import type { TestPage } from "./testing/test-browser.ts";

const lost = "the browser has lost its WebGPU device (destroyed)";

describeInBrowser("a GPU is lost", 240_000, (pages) => {
  /** Lends a page that keeps the device which its engine will take. */
  const withPage = <Result>(use: (opened: TestPage) => Promise<Result>): Promise<Result> =>
    pages.lend({ webgpu: true }, async (opened) => {
      await keepResult(opened.page, "GPUAdapter", "requestDevice");
      return use(opened);
    });

  // On a software GPU the older bundle takes as long again, and is told of the loss in the same place.
  const runtimes = [onnxruntimeWebWebgpu, ...(testsAll ? [onnxruntimeWebWebgpuJsep] : [])];
  describe.each(runtimes)("by $id", (runtime) => {
    it("and the run that it was at rejects, as does every later one", async () => {
      await withPage(async (opened) => {
        const session = await prepare(await load(runtime, opened));
        const input = await session.stage(oneImage());
        const running = session.run(input).catch(String);
        await breakKept(opened.page);
        expect(await running).toContain(lost);
        await expect(session.run(input)).rejects.toThrow(lost);
        await expect(session.attest()).rejects.toThrow(lost);
        await session[Symbol.asyncDispose]();
      });
    });

    it("and no network is prepared on it any more", async () => {
      await withPage(async (opened) => {
        const engine = await load(runtime, opened);
        await engine.probe();
        await breakKept(opened.page);
        await expect(prepare(engine)).rejects.toThrow(lost);
      });
    });

    it("or fails, and no run passes that over", async () => {
      await withPage(async (opened) => {
        const session = await prepare(await load(runtime, opened));
        const input = await session.stage(oneImage());
        await failKept(opened.page);
        await expect(session.run(input)).rejects.toThrow("WebGPU has failed");
      });
    });

    it("and a soak says at which run, with what it did before", async () => {
      const result = await withPage((opened) => soakUntilBroken(opened, runtime.id));
      expect(result).toMatchObject({
        ok: true,
        answer: { changedAt: null, died: { reason: expect.stringContaining(lost) } },
      });
      if (!result.ok) return;
      const { died, runsMs, checkpoints } = result.answer;
      expect(died!.run).toBe(runsMs.length + 1);
      expect(checkpoints.map(({ run }) => run)).toEqual([1, 2]);
    });

    it("and the case fails, with the reason", async () => {
      const result = await withPage((opened) => measureUntilBroken(opened, runtime.id));
      expect(result).toMatchObject({
        ok: false,
        error: { message: expect.stringContaining(lost) },
      });
    });
  });
});
