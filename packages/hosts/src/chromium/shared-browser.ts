import type { Browser } from "playwright";

/** A browser for several pages at once, which starts when the first page asks for it. */
export interface SharedBrowser {
  /** Lends the browser to `use`. A browser that has ended, or did not start, is started anew. */
  use<Answer>(use: (browser: Browser) => Promise<Answer>): Promise<Answer>;
  /** Ends the browser, where it runs; a later use starts another. */
  close(): Promise<void>;
}

export function sharedBrowser(launch: () => Promise<Browser>): SharedBrowser {
  let launched: Promise<Browser> | null = null;
  return {
    async use(use) {
      const earlier = launched;
      const running = await earlier?.catch(() => null);
      // Another use may have started a browser meanwhile, which then serves this one too.
      if (launched === earlier && !running?.isConnected()) launched = launch();
      return use(await launched!);
    },
    async close() {
      const browser = await launched?.catch(() => null);
      launched = null;
      await browser?.close();
    },
  };
}
