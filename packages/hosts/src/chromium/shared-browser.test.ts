import { defaultCacheDirectory } from "@sebench/artifacts";
import type { Browser } from "playwright";
import { afterEach, describe, expect, it } from "vitest";
import { launchBrowser } from "./browser.ts";
import { findBrowser } from "./find-browser.ts";
import { type SharedBrowser, sharedBrowser } from "./running-browser.ts";

const found = await findBrowser({ cacheDirectory: defaultCacheDirectory() });

describe.skipIf(!found.ok)("a shared browser (skipped where none is found)", () => {
  if (!found.ok) return;
  let launches = 0;
  let shared: SharedBrowser;
  const share = (launch: () => Promise<Browser> = () => launchBrowser(found)) => {
    launches = 0;
    shared = sharedBrowser(() => {
      launches++;
      return launch();
    });
    return shared;
  };
  afterEach(() => shared.close());
  const versionOf = async (browser: Browser) => browser.version();

  it("is started once, however many ask for it at a time", async () => {
    const { use } = share();
    const [one, other] = await Promise.all([use(versionOf), use(versionOf)]);
    expect(one).toBe(other);
    await use(versionOf);
    expect(launches).toBe(1);
  });

  it("is started anew where it has ended", async () => {
    const { use } = share();
    await use((browser) => browser.close());
    expect(await use(versionOf)).toBe(found.version);
    expect(launches).toBe(2);
  });

  it("is started anew where it did not start", async () => {
    let broken = true;
    const { use } = share(async () => {
      if (broken) throw new Error("no display");
      return launchBrowser(found);
    });
    await expect(use(versionOf)).rejects.toThrow("no display");
    broken = false;
    expect(await use(versionOf)).toBe(found.version);
  });

  it("is closed, and a later use starts another", async () => {
    const { use, close } = share();
    const first = await use(async (browser) => browser);
    await close();
    expect(first.isConnected()).toBe(false);
    expect(await use(versionOf)).toBe(found.version);
    expect(launches).toBe(2);
  });
});
