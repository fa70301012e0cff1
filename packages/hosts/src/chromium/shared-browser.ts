import type { Browser } from "playwright";

/** A browser for several pages at once, started when the first asks for it. */
export interface SharedBrowser {
  /** One that has ended meanwhile, or did not start, is started anew. */
  use<Answer>(use: (browser: Browser) => Promise<Answer>): Promise<Answer>;
  /** Ends it, where it runs; a later use starts another. */
  close(): Promise<void>;
}

export function sharedBrowser(launch: () => Promise<Browser>): SharedBrowser {
  let launched: Promise<Browser> | null = null;
  return {
    async use(use) {
      const earlier = launched;
      const running = await earlier?.catch(() => null);
      // Unless another use has started one meanwhile.
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
