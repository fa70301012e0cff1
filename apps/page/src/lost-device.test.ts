import { onnxruntimeWebWebgpu, onnxruntimeWebWebgpuJsep } from "@sebench/runtime-onnxruntime-web";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PageJob, PageWindow } from "../browser/page-api.ts";
import { breakKept, failKept, keepResult } from "./testing/planted-fault.ts";
import { load, oneImage, prepare } from "./testing/small-session.ts";
import {
  type BuiltPage,
  buildTestPage,
  hasBrowser,
  inBrowser,
  openPage,
  type TestPage,
} from "./testing/test-browser.ts";
import { makeTestCase, serveTestCase, shortest } from "./testing/test-case.ts";

const lost = "the browser has lost its WebGPU device (destroyed)";

describe.skipIf(!hasBrowser)(`a GPU is lost ${inBrowser}`, { timeout: 240_000 }, () => {
  let built: BuiltPage;
  beforeAll(async () => {
    built = await buildTestPage();
  });
  afterAll(() => built[Symbol.asyncDispose]());

  /** Keeps the device that the page's engine will take. */
  async function withPage<Result>(use: (opened: TestPage) => Promise<Result>): Promise<Result> {
    const opened = await openPage(built, { webgpu: true });
    try {
      await keepResult(opened.page, "GPUAdapter", "requestDevice");
      return await use(opened);
    } finally {
      await opened[Symbol.asyncDispose]();
    }
  }

  describe.each([onnxruntimeWebWebgpu, onnxruntimeWebWebgpuJsep])("by $id", (runtime) => {
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

    it("and the case fails, with the reason", async () => {
      const result = await withPage(async ({ page, server }) => {
        const job: PageJob = {
          ...serveTestCase(server, makeTestCase()),
          runtime: runtime.id,
          engine: { threads: null },
          measure: { ...shortest, budgetMs: 200_000, minRounds: 100_000 },
        };
        const running = page.evaluate(
          (given) => (globalThis as unknown as PageWindow).sebench.run(given),
          job,
        );
        await page.getByText("measuring").waitFor({ timeout: 200_000 });
        await breakKept(page);
        return running;
      });
      expect(result).toMatchObject({
        ok: false,
        error: { message: expect.stringContaining(lost) },
      });
    });
  });
});
