import { existsSync, readFileSync } from "node:fs";
import { defaultCacheDirectory } from "@sebench/artifacts";
import type { ProveJob } from "@sebench/jobs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openChromiumHost } from "../chromium/chromium-host.ts";
import { findBrowser } from "../chromium/find-browser.ts";
import type { JobHost, Watch } from "../host/host.ts";
import { type BrowserGroup, openDisplay } from "../session/browser-group.ts";
import { openSessionHost } from "../session/session-host.ts";
import { endlessJob, smallJob } from "../testing/small-job.ts";
import { findFirefox, readFirefoxVersion } from "./firefox.ts";
import { findSafari, openByDriver } from "./safari.ts";
import { findWebkitgtk, miniBrowserPath } from "./webkitgtk.ts";

const chromium = await findBrowser({ cacheDirectory: defaultCacheDirectory() });
const browsers = [
  { name: "firefox", found: await findFirefox() },
  { name: "webkitgtk", found: await findWebkitgtk() },
];

const watch = (timeoutMs: number, onProgress: Watch["onProgress"] = () => {}): Watch => {
  return { signal: new AbortController().signal, timeoutMs, onProgress };
};

const prove: ProveJob = {
  kind: "prove",
  runtime: smallJob.runtime,
  engine: smallJob.engine,
  members: smallJob.members,
  measure: { batch: 1, precision: "fp32", seed: 1 },
};

const options = { headed: false, port: 0 };

describe.each(browsers)("$name", ({ name, found }) => {
  describe.skipIf("ok" in found)(`as a host (skipped where ${name} is not found)`, () => {
    if ("ok" in found) return;
    let host: JobHost;
    let group: BrowserGroup | null = null;
    beforeAll(async () => {
      const open: typeof found.open = async (...given) => (group = await found.open(...given));
      host = await openSessionHost({ ...found, open }, options);
    });
    afterAll(() => host[Symbol.asyncDispose]());

    /** The process of the page, which is the one of those that show pages that takes most memory. */
    const pageProcess = () => {
      const pages = group!.processes().filter((id) => /WebKitWebProcess|tab$/.test(lineOf(id)));
      return pages.toSorted((a, b) => residentKb(b) - residentKb(a))[0]!;
    };
    const allEnded = () => expect.poll(() => group!.processes(), { timeout: 5000 }).toEqual([]);

    it.skipIf(!chromium.ok)("gives the same logits as Chromium, bit for bit", async () => {
      if (!chromium.ok) return;
      const own = await host.run(prove, watch(90_000));
      await allEnded();
      await using other = await openChromiumHost(chromium, { path: null, ...options });
      const expected = await other.run(prove, watch(90_000));
      expect(own.proofs.map(({ logits }) => logits)).toEqual(
        expected.proofs.map(({ logits }) => logits),
      );
      expect(own.proofs[0]!.logits).toHaveLength(20);
      for (const { attestation } of own.proofs) {
        expect(attestation).toMatchObject({ device: "wasm", proven: true, threads: 1 });
      }
      const { start } = host;
      expect(start.page).toMatchObject({ secureContext: true, crossOriginIsolated: true });
      expect(start.page!.clockStepMs).toBeGreaterThan(0);
      expect(start.page!.clockStepMs).toBeLessThanOrEqual(0.021);
    });

    it("ends a case within seconds where its page's process is killed", async () => {
      let killedMs = Infinity;
      const measured = host.run(
        endlessJob,
        watch(90_000, ({ phase }) => {
          if (phase !== "rounds" || killedMs < Infinity) return;
          killedMs = performance.now();
          process.kill(pageProcess(), "SIGKILL");
        }),
      );
      await expect(measured).rejects.toMatchObject({ name: "JobError" });
      expect(performance.now() - killedMs).toBeLessThan(20_000);
      await allEnded();
    });

    it("ends a browser that hangs when its time is over, with all its processes", async () => {
      const hangs = host.run(
        endlessJob,
        watch(15_000, ({ phase }) => {
          if (phase !== "rounds") return;
          for (const id of group!.processes()) process.kill(id, "SIGSTOP");
        }),
      );
      await expect(hangs).rejects.toThrow("it gave no answer within 15 s and was ended");
      await allEnded();
    });
  });
});

const driver = "/usr/bin/WebKitWebDriver";
const miniBrowser = browsers[1]!.found;

it.skipIf("ok" in miniBrowser || !existsSync(driver))(
  "a browser that a WebDriver opens answers alike (skipped without WebKitGTK's driver)",
  async () => {
    if ("ok" in miniBrowser) return;
    const signal = new AbortController().signal;
    await using display = await openDisplay(signal);
    const environment = {
      ...process.env,
      DISPLAY: display.name,
      JSC_useSharedArrayBuffer: "1",
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    };
    const capabilities = {
      "webkitgtk:browserOptions": { binary: miniBrowserPath(), args: ["--automation"] },
    };
    const open = (address: string) =>
      openByDriver({ command: driver, capabilities }, address, { signal, environment });
    await using host = await openSessionHost({ ...miniBrowser, open }, options);
    const { proofs } = await host.run(prove, watch(90_000));
    expect(proofs.every(({ attestation }) => attestation.proven)).toBe(true);
  },
);

it.skipIf(process.platform === "darwin")("Safari is said to be on macOS alone", async () => {
  expect(await findSafari()).toMatchObject({ ok: false, reason: "Safari is on macOS alone" });
});

it("reads the version of Firefox, and refuses one that is too old", () => {
  expect(readFirefoxVersion("Mozilla Firefox 153.8.0esr\n")).toEqual({
    ok: true,
    version: "153.8.0esr",
  });
  expect(readFirefoxVersion("Mozilla Firefox 128.5.0esr")).toMatchObject({
    ok: false,
    reason: expect.stringContaining("older than 140"),
  });
  expect(readFirefoxVersion("Chromium 147.0")).toMatchObject({
    reason: 'it is not Firefox: it answers "Chromium 147.0"',
  });
});

function lineOf(id: number): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

function residentKb(id: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
