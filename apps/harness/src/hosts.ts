import type { Host } from "@sebench/runtime";
import { defaultCacheDirectory } from "@sebench/reference";
import type { BrowserMissing } from "./browser/browser.ts";
import type { CaseHost } from "./host.ts";
import { nodeHost } from "./node-host.ts";
import type { BrowserOptions } from "./run-options.ts";
import type { Target } from "./runtimes.ts";

/** The hosts that the targets need, opened; disposing closes them. */
export interface OpenHosts extends AsyncDisposable {
  of(host: Host): CaseHost;
}

/**
 * Opens what the targets need. Where no browser is found one is fetched, if the
 * options allow it; where that fails, its runtimes are unavailable.
 */
export async function openHosts(
  targets: readonly Target[],
  options: BrowserOptions,
  onProgress: (line: string) => void,
): Promise<OpenHosts> {
  const open = new Map<Host, CaseHost>([["node", nodeHost]]);
  if (targets.some(({ host }) => host === "chromium")) {
    open.set("chromium", await openBrowser(options, onProgress));
  }
  return {
    of(host) {
      const found = open.get(host);
      if (!found) throw new Error(`host ${host} was not opened`);
      return found;
    },
    async [Symbol.asyncDispose]() {
      for (const host of open.values()) await host[Symbol.asyncDispose]();
    },
  };
}

async function openBrowser(
  options: BrowserOptions,
  onProgress: (line: string) => void,
): Promise<CaseHost> {
  // Playwright and the page's bundler are slow to load, and not every run needs them.
  const { findBrowser } = await import("./browser/find-browser.ts");
  const { fetchBrowser } = await import("./browser/fetch-browser.ts");
  const { openBrowserHost } = await import("./browser-host.ts");
  const cacheDirectory = defaultCacheDirectory();
  const path = options.path === null ? {} : { path: options.path };
  let browser = await findBrowser({ cacheDirectory, ...path });
  if (!browser.ok && options.fetch) browser = await fetchBrowser({ cacheDirectory, onProgress });
  return browser.ok ? openBrowserHost(browser, options) : hostWithoutBrowser(browser);
}

function hostWithoutBrowser({ reason, remedy }: BrowserMissing): CaseHost {
  return {
    name: "chromium",
    version: "none",
    probe: async () => ({ ok: false, reason, remedy }),
    measure: () => Promise.reject(new Error("there is no browser to measure in")),
    async [Symbol.asyncDispose]() {},
  };
}
