import type { FetchOptions } from "@sebench/artifacts";

/** The origin of a browser; `path` is one that --browser or $SEBENCH_BROWSER names. */
export type BrowserKind = "path" | "playwright" | "chrome" | "chromium" | "edge" | "sparticuz";

/** A browser that has been shown to start. */
export interface BrowserFound {
  readonly ok: true;
  readonly kind: BrowserKind;
  readonly executablePath: string;
  /** The version as the browser tells it, such as `156.0.8078.79`. */
  readonly version: string;
  /**
   * The variables that the browser needs on top of the process's own, such as `LD_LIBRARY_PATH`.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** The browsers that would have come first, had they started. */
  readonly skipped: readonly SkippedBrowser[];
}

export interface BrowserMissing {
  readonly ok: false;
  /** Every attempt and why it failed, a line each. */
  readonly reason: string;
  readonly remedy: string;
}

export interface SkippedBrowser {
  readonly what: string;
  readonly reason: string;
}

/**
 * The answer where no browser starts.
 *
 * @param remedy what would get a browser, besides naming one
 */
export function browserMissing(skipped: readonly SkippedBrowser[], remedy: string): BrowserMissing {
  const attempts = skipped.map(({ what, reason }) => `${what}: ${reason}`);
  return {
    ok: false,
    reason: ["no Chromium, Chrome or Edge that starts", ...attempts].join("\n"),
    remedy: `${remedy}; or name a browser with --browser PATH`,
  };
}

/** Where a fetched browser goes, who is told, and what ends the fetch. */
export type FetchBrowserOptions = Pick<FetchOptions, "cacheDirectory" | "onProgress" | "signal">;

/** The choice of a browser, and how its page is opened. */
export interface BrowserOptions {
  /** The path of the browser's executable, or null where one is to be found. */
  readonly path: string | null;
  readonly headed: boolean;
  /** The port of the page's server, or 0 for any that is free. */
  readonly port: number;
}
