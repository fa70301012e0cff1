import { expect, it } from "vitest";
import type { RooflineJob } from "@sebench/jobs";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { answerIn } from "./testing/test-case.ts";

const request = {
  batch: 1,
  precision: "fp32",
  parameters: 2 ** 18,
  macs: 1e6,
  budgetMs: 500,
} as const;

const jobOn = (runtime: RooflineJob["runtime"]): RooflineJob => {
  return { kind: "roofline", runtime, engine: { threads: 1 }, request };
};

describeInBrowser("a roofline", 120_000, (pages) => {
  it.each(["onnxruntime-web/wasm", "tfjs-web/wasm"] as const)(
    "is measured on %s, within what processors can do",
    async (runtime) => {
      await using opened = await pages.open();
      const result = await answerIn(opened, jobOn(runtime));
      if (!result.ok) throw new Error(result.error.message);
      const { peakMacsPerSecond, bytesPerSecond } = result.answer;
      // The rate is beyond an interpreter's, and below 16 FMAs of 4 lanes in each cycle of 6 GHz.
      expect(peakMacsPerSecond).toBeGreaterThan(1e8);
      expect(peakMacsPerSecond).toBeLessThan(384e9);
      expect(bytesPerSecond).toBeGreaterThan(1e8);
      expect(bytesPerSecond).toBeLessThan(4 * 384e9);
    },
  );

  it("of a runtime that no page has is one clear error", async () => {
    await using opened = await pages.open();
    const result = await answerIn(opened, jobOn("onnxruntime-node/cpu"));
    expect(result).toMatchObject({
      ok: false,
      error: { message: "onnxruntime-node/cpu does not run in a page" },
    });
  });
});
