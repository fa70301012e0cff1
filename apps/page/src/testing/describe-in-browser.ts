import { afterAll, beforeAll, describe } from "vitest";
import {
  type BuiltPage,
  buildTestPage,
  hasBrowser,
  inBrowser,
  openPage,
  type TestPage,
  type TestPageOptions,
} from "./test-browser.ts";

/** The page, built once for a file's tests. */
export interface TestPages {
  /** Who calls it disposes of the page. */
  open(options?: TestPageOptions): Promise<TestPage>;
  /** Lends a page to `use`, and disposes of it. */
  lend<Result>(
    options: TestPageOptions,
    use: (opened: TestPage) => Promise<Result>,
  ): Promise<Result>;
}

/** Tests that need a browser; skipped, with the reason, where there is none. */
export function describeInBrowser(
  title: string,
  timeout: number,
  write: (pages: TestPages) => void,
): void {
  describe.skipIf(!hasBrowser)(`${title} ${inBrowser}`, { timeout }, () => {
    let built: BuiltPage;
    beforeAll(async () => {
      built = await buildTestPage();
    });
    afterAll(() => built[Symbol.asyncDispose]());

    const open = (options: TestPageOptions = {}) => openPage(built, options);
    write({
      open,
      async lend(options, use) {
        await using opened = await open(options);
        return await use(opened);
      },
    });
  });
}
