import { defaultCacheDirectory } from "@sebench/artifacts";
import { describe, expect, it } from "vitest";
import { findBrowser } from "./browser/find-browser.ts";
import { inFreshBrowser } from "./browser-host.ts";
import type { Watch } from "./host.ts";

const found = await findBrowser({ cacheDirectory: defaultCacheDirectory() });
const watch = (timeoutMs = 60_000, signal = new AbortController().signal): Watch => ({
  signal,
  timeoutMs,
  onProgress: () => {},
});
const forever = new Promise<never>(() => {});

describe.skipIf(!found.ok)("a browser that is watched (skipped where none is found)", () => {
  if (!found.ok) return;
  const open = inFreshBrowser.bind(null, found, false, "about:blank");

  it("gives the answer", async () => {
    expect(await open(watch(), (page) => page.evaluate(() => 6 * 7))).toBe(42);
  });

  it("says so when it dies", async () => {
    const dies = open(watch(), async (page) => {
      await page.context().browser()?.close();
      return forever;
    });
    await expect(dies).rejects.toMatchObject({
      name: "JobError",
      message: "the browser ended while it ran",
    });
  });

  it("says so when its page crashes", async () => {
    const crashes = open(watch(), async (page) => {
      void page.goto("chrome://crash").catch(() => {});
      return forever;
    });
    await expect(crashes).rejects.toMatchObject({
      name: "JobError",
      message: expect.stringContaining("the page crashed"),
    });
  });

  it("is closed when its time is over", async () => {
    await expect(open(watch(3000), () => forever)).rejects.toMatchObject({
      message: "it gave no answer within 3 s and was ended",
    });
  });

  it("is closed at an interrupt", async () => {
    const interrupt = new AbortController();
    const interrupted = open(watch(60_000, interrupt.signal), () => {
      interrupt.abort(new Error("interrupted"));
      return forever;
    });
    await expect(interrupted).rejects.toThrow("interrupted");
  });
});
