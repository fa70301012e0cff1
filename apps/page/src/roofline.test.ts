import { expect, it } from "vitest";
import type { PageRoofline, PageWindow, RooflineResult } from "../browser/page-api.ts";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import type { TestPage } from "./testing/test-browser.ts";

const request = {
  batch: 1,
  precision: "fp32",
  parameters: 2 ** 18,
  macs: 1e6,
  budgetMs: 500,
} as const;

function ask({ page }: TestPage, asked: PageRoofline): Promise<RooflineResult> {
  return page.evaluate(
    (given) => (globalThis as unknown as PageWindow).sebench.roofline(given),
    asked,
  );
}

describeInBrowser("a roofline", 120_000, (pages) => {
  it.each(["onnxruntime-web/wasm", "tfjs-web/wasm"] as const)(
    "is measured on %s, within what processors can do",
    async (runtime) => {
      await using opened = await pages.open();
      const result = await ask(opened, { runtime, engine: { threads: 1 }, request });
      if (!result.ok) throw new Error(result.error.message);
      const { peakMacsPerSecond, bytesPerSecond } = result.roofline;
      // Beyond an interpreter, and below 16 FMAs of 4 lanes in each cycle of 6 GHz.
      expect(peakMacsPerSecond).toBeGreaterThan(1e8);
      expect(peakMacsPerSecond).toBeLessThan(384e9);
      expect(bytesPerSecond).toBeGreaterThan(1e8);
      expect(bytesPerSecond).toBeLessThan(4 * 384e9);
    },
  );

  it("of a runtime that no page has is one clear error", async () => {
    await using opened = await pages.open();
    const asked = { runtime: "onnxruntime-node/cpu", engine: { threads: 1 }, request } as const;
    const result = await ask(opened, asked);
    expect(result).toMatchObject({
      ok: false,
      error: { message: "onnxruntime-node/cpu does not run in a page" },
    });
  });
});
