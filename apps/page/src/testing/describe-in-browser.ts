import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, inject } from "vitest";
import {
  type BuiltPage,
  buildOnce,
  hasBrowser,
  inBrowser,
  launchBrowser,
  openPageIn,
  type TestPage,
  type TestPageOptions,
} from "./test-browser.ts";

/**
 * Pages for tests. The page is built once for a run of the tests, and browsers are started once for
 * each set of flags.
 */
export interface TestPages {
  /** Opens a page, which the caller disposes of. */
  open(options?: TestPageOptions): Promise<TestPage>;
  /** Lends a page to `use`, and disposes of it. */
  lend<Result>(
    options: TestPageOptions,
    use: (opened: TestPage) => Promise<Result>,
  ): Promise<Result>;
}

/** Describes tests that need a browser. They are skipped, with the reason, where there is none. */
export function describeInBrowser(
  title: string,
  timeout: number,
  write: (pages: TestPages) => void,
): void {
  describe.skipIf(!hasBrowser)(`${title} ${inBrowser}`, { timeout }, () => {
    let built: BuiltPage;
    const browsers = new Map<string, Promise<Browser>>();
    beforeAll(async () => {
      built = await buildOnce(inject("runFolder"));
    });
    afterAll(async () => {
      for (const browser of browsers.values()) await (await browser).close();
    });

    const open = async (options: TestPageOptions = {}) => {
      const { webgpu = false, flags = [] } = options;
      const key = [webgpu, ...flags].join(" ");
      const browser = browsers.get(key) ?? launchBrowser(options);
      browsers.set(key, browser);
      return openPageIn(await browser, built, options);
    };
    write({
      open,
      async lend(options, use) {
        await using opened = await open(options);
        return await use(opened);
      },
    });
  });
}
