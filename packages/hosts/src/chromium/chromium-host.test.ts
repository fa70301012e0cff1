import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultCacheDirectory } from "@sebench/artifacts";
import type { InferJob } from "@sebench/jobs";
import type { Page } from "playwright";
import { describe, expect, it } from "vitest";
import type { Watch } from "../host/host.ts";
import { runInProcess } from "../processes/process-host.ts";
import { thisNode } from "../processes/program.ts";
import { launchBrowser } from "./browser.ts";
import { inFreshBrowser, openChromiumHost } from "./chromium-host.ts";
import { findBrowser } from "./find-browser.ts";

const found = await findBrowser({ cacheDirectory: defaultCacheDirectory() });
const watch = (timeoutMs = 60_000, signal = new AbortController().signal): Watch => ({
  signal,
  timeoutMs,
  onProgress: () => {},
});
const forever = new Promise<never>(() => {});

describe.skipIf(!found.ok)("a browser that is watched (skipped where none is found)", () => {
  if (!found.ok) return;
  const launch = (signal: AbortSignal) => launchBrowser(found, { signal });
  const open = inFreshBrowser.bind(null, launch, "about:blank");

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

  /** Stops all of the browser's processes, and gives the number of the one that started the others. */
  const stop = async (page: Page): Promise<number> => {
    const session = await page.context().browser()!.newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    for (const { id } of processInfo) process.kill(id, "SIGSTOP");
    return processInfo.find(({ type }) => type === "browser")!.id;
  };
  const isThere = (group: number) => {
    try {
      return process.kill(-group, 0);
    } catch {
      return false;
    }
  };

  it.skipIf(process.platform !== "linux").each([
    ["when its time is over", 2000, () => {}, "it gave no answer within 2 s and was ended"],
    ["at an interrupt", 60_000, (end: AbortController) => end.abort(new Error("over")), "over"],
  ] as const)("is killed with all its processes where it hangs, %s", async (_, ms, act, why) => {
    const interrupt = new AbortController();
    let group = 0;
    const hangs = open(watch(ms, interrupt.signal), async (page) => {
      group = await stop(page);
      act(interrupt);
      return forever;
    });
    await expect(hangs).rejects.toThrow(why);
    await expect.poll(() => isThere(group), { timeout: 5000 }).toBe(false);
  });

  it.skipIf(process.platform !== "linux")("is killed where it hangs as it starts", async () => {
    const folder = await mkdtemp(join(tmpdir(), "browser-"));
    const executablePath = join(folder, "browser");
    await writeFile(
      executablePath,
      `#!/bin/sh\necho $$ > "${folder}/pid"\nsleep 1000 & exec sleep 1000\n`,
      { mode: 0o755 },
    );
    const starts = inFreshBrowser(
      (signal) => launchBrowser({ ...found, executablePath }, { signal }),
      "about:blank",
      watch(1000),
      () => forever,
    );
    await expect(starts).rejects.toThrow("it gave no answer within 1 s");
    const group = Number(await readFile(join(folder, "pid"), "utf8"));
    await expect.poll(() => isThere(group), { timeout: 5000 }).toBe(false);
    await rm(folder, { recursive: true });
  });

  it("answers to images as Node does", async () => {
    const weights = { kind: "seeded", seed: 1 } as const;
    const pair = { networks: { plain: "resnet8", se: "se-resnet8" }, imageSize: 28, weights };
    const job: InferJob = {
      kind: "infer",
      runtime: "onnxruntime-node/cpu",
      engine: { threads: 1 },
      models: (["plain", "se"] as const).map((member) => {
        return { pair, member, output: "logits", fixedGates: {} };
      }),
      images: { request: null, size: 28, first: 0, count: 5 },
      options: { batch: 2, precision: "fp32", keepRows: false },
    };
    const inNode = await runInProcess(thisNode, job, watch());
    await using host = await openChromiumHost(found, { path: null, headed: false, port: 0 });
    const inBrowser = await host.run({ ...job, runtime: "onnxruntime-web/wasm" }, watch());
    expect(inBrowser.attestation).toMatchObject({ device: "wasm", proven: true });
    expect({ ...inBrowser, attestation: null }).toEqual({ ...inNode, attestation: null });
  });
});
