import { defaultCacheDirectory, type FetchOptions } from "@sebench/artifacts";
import type { Host } from "@sebench/runtime";
import type { BrowserOptions } from "./chromium/browser.ts";
import { type JobHost, missingHost } from "./host/host.ts";
import { optionalHosts, type Target } from "./host/runtimes.ts";
import { fetchProgram, findProgram } from "./processes/find-program.ts";
import type { OptionalProgram } from "./processes/npm-program.ts";
import { processHost } from "./processes/process-host.ts";
import { thisNode } from "./processes/program.ts";

/** The hosts that the targets need, opened; disposing closes them. */
export interface OpenHosts extends AsyncDisposable {
  of(host: Host): JobHost;
}

/** The choice of the hosts that are needed, and whether they may be fetched. */
export interface HostChoice {
  readonly targets: readonly Target[];
  /** Whether a host that is not found may be fetched. */
  readonly fetch: boolean;
  readonly browser: BrowserOptions;
  /** The device that has opened the page of `bench serve`; left out where none is waited for. */
  readonly device?: JobHost;
}

/** What is told of a fetch, and the signal that ends it. */
type FetchWatch = Pick<FetchOptions, "onProgress"> & { readonly signal: AbortSignal };

/**
 * Opens the hosts that the targets need. A browser, Bun or Deno that is not found is fetched, if
 * the options allow it; where that fails, its runtimes are unavailable.
 */
export async function openHosts(
  { targets, fetch, browser, device }: HostChoice,
  watch: FetchWatch,
): Promise<OpenHosts> {
  const open = new Map<Host, JobHost>([["node", processHost(thisNode)]]);
  const openers: Readonly<Record<(typeof optionalHosts)[number] | "chromium", Opener>> = {
    bun: () => openProgram("bun", fetch, watch),
    deno: () => openProgram("deno", fetch, watch),
    chromium: () => openBrowser(browser, fetch, watch),
    firefox: () => openSelfDriven("firefox", browser),
    webkitgtk: () => openSelfDriven("webkitgtk", browser),
    safari: () => openSelfDriven("safari", browser),
    device: async () => device ?? missingHost("device", noDevice),
  };
  for (const [name, opener] of Object.entries(openers) as [Host, Opener][]) {
    if (targets.some(({ host }) => host === name)) open.set(name, await opener());
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

const noDevice = {
  reason: "no device has opened the page",
  remedy: "take bench serve, which prints the address to open on it",
};

type Opener = () => Promise<JobHost>;

/** What finds the browsers whose pages drive themselves. */
const selfDriven = {
  firefox: async () => (await import("./browsers/firefox.ts")).findFirefox(),
  webkitgtk: async () => (await import("./browsers/webkitgtk.ts")).findWebkitgtk(),
  safari: async () => (await import("./browsers/safari.ts")).findSafari(),
} as const;

/** Opens a browser that is not Chromium, whose page drives itself. */
async function openSelfDriven(
  name: keyof typeof selfDriven,
  { headed, port }: BrowserOptions,
): Promise<JobHost> {
  const { openSessionHost } = await import("./session/session-host.ts");
  const found = await selfDriven[name]();
  return "ok" in found ? missingHost(name, found) : openSessionHost(found, { headed, port });
}

async function openProgram(
  name: OptionalProgram,
  mayFetch: boolean,
  watch: FetchWatch,
): Promise<JobHost> {
  const cacheDirectory = defaultCacheDirectory();
  let program = await findProgram(name, { cacheDirectory });
  if (!program.ok && mayFetch) program = await fetchProgram(name, { cacheDirectory, ...watch });
  return program.ok ? processHost(program) : missingHost(name, program);
}

async function openBrowser(
  options: BrowserOptions,
  mayFetch: boolean,
  watch: FetchWatch,
): Promise<JobHost> {
  // Playwright and the page's bundler are slow to load, and not every run needs them.
  const { findBrowser } = await import("./chromium/find-browser.ts");
  const { fetchBrowser } = await import("./chromium/fetch-browser.ts");
  const { openChromiumHost } = await import("./chromium/chromium-host.ts");
  const cacheDirectory = defaultCacheDirectory();
  const path = options.path === null ? {} : { path: options.path };
  let browser = await findBrowser({ cacheDirectory, ...path });
  if (!browser.ok && mayFetch) browser = await fetchBrowser({ cacheDirectory, ...watch });
  return browser.ok ? openChromiumHost(browser, options) : missingHost("chromium", browser);
}
