import { existsSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import { buildPage } from "../build-page.ts";
import { type PageServer, startPageServer } from "../page-server.ts";

const executablePath = process.env["SEBENCH_BROWSER"] ?? "/usr/bin/chromium";

/** Whether tests can have a browser. */
export const hasBrowser = existsSync(executablePath);

/** For the titles of such tests: where they are skipped, it says why. */
export const inBrowser = hasBrowser
  ? "in a browser"
  : `in a browser (none at ${executablePath}: set SEBENCH_BROWSER to a Chromium)`;

const quiet = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** The folder that the page was built into. */
export interface BuiltPage {
  readonly root: string;
}

/** The page, built into a temporary folder, which goes when it is disposed of. */
export async function buildTestPage(): Promise<BuiltPage & AsyncDisposable> {
  const root = await mkdtemp(path.join(os.tmpdir(), "sebench-page-"));
  await buildPage(root);
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

/** The page in a run's folder, built by the file that first needs it; two at once build one each. */
export async function buildOnce(runFolder: string): Promise<BuiltPage> {
  const root = path.join(runFolder, "page");
  if (!existsSync(root)) {
    const unfinished = await mkdtemp(path.join(runFolder, "unfinished-"));
    await buildPage(unfinished);
    await rename(unfinished, root).catch((error: unknown) => {
      // Another file's was there first.
      if (!existsSync(root)) throw error;
    });
  }
  return { root };
}

export interface TestPage extends AsyncDisposable {
  readonly page: Page;
  readonly server: PageServer;
}

export interface TestPageOptions {
  /** Lets the browser serve WebGPU in software. Default false. */
  readonly webgpu?: boolean;
  /** Default true. */
  readonly isolated?: boolean;
  /** More flags of Chromium. */
  readonly flags?: readonly string[];
}

/** A browser of its own, with the flags that the options ask for. */
export function launchBrowser({ webgpu = false, flags = [] }: TestPageOptions): Promise<Browser> {
  const args = [...quiet, ...(webgpu ? ["--enable-unsafe-webgpu"] : []), ...flags];
  return chromium.launch({ executablePath, args });
}

/** The page in a browser of its own. */
export async function openPage(built: BuiltPage, options: TestPageOptions): Promise<TestPage> {
  const browser = await launchBrowser(options);
  const { page, server, [Symbol.asyncDispose]: close } = await openPageIn(browser, built, options);
  return {
    page,
    server,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await close();
    },
  };
}

/** The page in a context of its own, which shares no storage, worker or renderer with another. */
export async function openPageIn(
  browser: Browser,
  { root }: BuiltPage,
  { isolated = true }: TestPageOptions,
): Promise<TestPage> {
  const server = await startPageServer({ root, isolated });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.url);
  return {
    page,
    server,
    async [Symbol.asyncDispose]() {
      await context.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
