import { defaultCacheDirectory } from "@sebench/artifacts";
import type { BrowserContext, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../chromium/browser.ts";
import { findBrowser } from "../chromium/find-browser.ts";
import type { Watch } from "../host/host.ts";
import { endlessJob, smallJob } from "../testing/small-job.ts";
import { type DeviceHost, openDeviceHost } from "./device-host.ts";

const found = await findBrowser({ cacheDirectory: defaultCacheDirectory() });

/** The name that another machine would have, which leads to this one in the test's browser alone. */
const elsewhere = "phone.test";

describe.skipIf(!found.ok)("a device (skipped where no browser is found)", () => {
  if (!found.ok) return;
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let device: DeviceHost;
  let context: BrowserContext;
  let page: Page;

  const watch = (onProgress: Watch["onProgress"] = () => {}): Watch => {
    return { signal: new AbortController().signal, timeoutMs: 110_000, onProgress };
  };
  const address = (host: string) => `http://${host}:${device.port}/${device.path}`;

  beforeAll(async () => {
    const extraArguments = [`--host-resolver-rules=MAP ${elsewhere} 127.0.0.1`];
    browser = await launchBrowser(found, { extraArguments });
    device = await openDeviceHost({ hosts: [`${elsewhere}:PORT`] }, { graceMs: 15_000, restMs: 1 });
    context = await browser.newContext();
    page = await context.newPage();
  });
  afterAll(async () => {
    await device[Symbol.asyncDispose]();
    await browser.close();
  });

  it("starts when somebody presses Start, with the name that was typed in", async () => {
    const visited = device.visited(new AbortController().signal);
    await page.goto(address(elsewhere));
    await page.getByLabel(/name/).fill("<i>phone</i>");
    await page.getByRole("button", { name: "Start" }).click();
    expect(await visited).toMatchObject({
      name: "<i>phone</i>",
      // By http and another name than this machine's own, a browser gives no secure context.
      facts: { secureContext: false, crossOriginIsolated: false, sharedMemory: false },
    });
  });

  it("measures with a coarse clock, and makes no figure up that a page cannot know", async () => {
    const { replicas, proofs } = await device.host.run(smallJob, watch());
    expect(proofs.map(({ attestation }) => attestation.proven)).toEqual([true, true]);
    const [{ members, conditions }] = replicas as [(typeof replicas)[number]];
    const { clockStepMs } = device.host.start.page!;
    expect(clockStepMs).toBeGreaterThan(0.05);
    for (const { samplesMs, runsPerSample = 1, processorMs } of members) {
      // The number is found while something may disturb, and later runs may be several times faster.
      expect(runsPerSample).toBeGreaterThan(1);
      expect(Math.min(...samplesMs.flat()) * runsPerSample).toBeGreaterThan(5 * clockStepMs);
      expect(processorMs).toBeNull();
    }
    expect(conditions!.rounds[0]).toMatchObject({ foreignCores: null, load: null });
  });

  it("takes a page up once that was ended, and says so where it ends again", async () => {
    let closed = 0;
    const openAgain = async () => {
      page = await context.newPage();
      // The session goes on without another press of the button in the same tab alone.
      await page.goto(address(elsewhere));
      await page.getByRole("button", { name: "Start" }).click();
    };
    const measured = device.host.run(
      endlessJob,
      watch(({ phase }) => {
        if (phase !== "rounds" || closed > 1) return;
        closed += 1;
        const isFirst = closed === 1;
        void page.close().then(() => (isFirst ? openAgain() : undefined));
      }),
    );
    await expect(measured).rejects.toMatchObject({
      name: "JobError",
      message: "page ended: it went away while it ran the job, 2 times",
    });
    expect(closed).toBe(2);
  });

  it("says that a device has gone away, and keeps nobody waiting", async () => {
    await expect(device.host.run(smallJob, watch())).rejects.toThrow("the device has gone away");
  });
});
