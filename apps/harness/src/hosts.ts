import type { Host } from "@sebench/runtime";
import { defaultCacheDirectory, type FetchOptions } from "@sebench/artifacts";
import type { CaseHost } from "./host.ts";
import { processHost } from "./process-host.ts";
import { fetchProgram, findProgram } from "./program/find-program.ts";
import type { OptionalProgram } from "./program/optional-program.ts";
import { thisNode } from "./program/program.ts";
import type { RunOptions } from "./run-options.ts";
import { optionalHosts } from "./runtimes.ts";

/** The hosts that the targets need, opened; disposing closes them. */
export interface OpenHosts extends AsyncDisposable {
  of(host: Host): CaseHost;
}

/** Who is told of a fetch, and may end it. */
type FetchWatch = Pick<FetchOptions, "onProgress"> & { readonly signal: AbortSignal };

/**
 * Opens what the targets need. A browser, Bun or Deno that is not found is
 * fetched, if the options allow it; where that fails, its runtimes are unavailable.
 */
export async function openHosts(
  { targets, fetch, browser }: Pick<RunOptions, "targets" | "fetch" | "browser">,
  watch: FetchWatch,
): Promise<OpenHosts> {
  const open = new Map<Host, CaseHost>([["node", processHost(thisNode)]]);
  for (const name of optionalHosts) {
    if (!targets.some(({ host }) => host === name)) continue;
    open.set(name, await openProgram(name, fetch, watch));
  }
  if (targets.some(({ host }) => host === "chromium")) {
    open.set("chromium", await openBrowser(browser, fetch, watch));
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

async function openProgram(
  name: OptionalProgram,
  mayFetch: boolean,
  watch: FetchWatch,
): Promise<CaseHost> {
  const cacheDirectory = defaultCacheDirectory();
  let program = await findProgram(name, { cacheDirectory });
  if (!program.ok && mayFetch) program = await fetchProgram(name, { cacheDirectory, ...watch });
  return program.ok ? processHost(program) : missingHost(name, program);
}

async function openBrowser(
  options: RunOptions["browser"],
  mayFetch: boolean,
  watch: FetchWatch,
): Promise<CaseHost> {
  // Playwright and the page's bundler are slow to load, and not every run needs them.
  const { findBrowser } = await import("./browser/find-browser.ts");
  const { fetchBrowser } = await import("./browser/fetch-browser.ts");
  const { openBrowserHost } = await import("./browser-host.ts");
  const cacheDirectory = defaultCacheDirectory();
  const path = options.path === null ? {} : { path: options.path };
  let browser = await findBrowser({ cacheDirectory, ...path });
  if (!browser.ok && mayFetch) browser = await fetchBrowser({ cacheDirectory, ...watch });
  return browser.ok ? openBrowserHost(browser, options) : missingHost("chromium", browser);
}

function missingHost(
  name: Host,
  { reason, remedy }: { readonly reason: string; readonly remedy: string },
): CaseHost {
  return {
    name,
    version: "none",
    probe: async () => ({ ok: false, reason, remedy }),
    measure: () => Promise.reject(new Error(`there is no ${name} to measure in`)),
    explain: () => Promise.reject(new Error(`there is no ${name} to explain in`)),
    infer: () => Promise.reject(new Error(`there is no ${name} to run in`)),
    roofline: () => Promise.reject(new Error(`there is no ${name} to measure in`)),
    race: () => Promise.reject(new Error(`there is no ${name} to race in`)),
    async [Symbol.asyncDispose]() {},
  };
}
