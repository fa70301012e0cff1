/** What may be fetched, who is told of it, and what ends it. */
export interface WatchOptions {
  /**
   * Whether what a runtime needs and this machine lacks may be fetched into the cache:
   * an engine from npm, libraries, a browser.
   */
  readonly fetch?: boolean;
  /** The browser to use, by its path; one is looked for by default. */
  readonly browser?: string;
  /** The signal that ends everything; its reason is then thrown. */
  readonly signal?: AbortSignal;
  /** Hears of what is done, a line at a time, for people. */
  readonly onProgress?: (line: string) => void;
}
