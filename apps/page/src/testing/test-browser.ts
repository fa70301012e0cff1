import { existsSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import { buildPage } from "../build-page.ts";
import { type PageServer, startPageServer } from "../page-server.ts";

const executablePath = process.env["SEBENCH_BROWSER"] ?? "/usr/bin/chromium";

/** Whether this machine has the browser that tests need. */
export const hasBrowser = existsSync(executablePath);

/**
 * The words for the titles of tests in a browser, which give the reason where the tests are
 * skipped.
 */
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

/** Builds the page into a temporary folder, which is removed when it is disposed of. */
export async function buildTestPage(): Promise<BuiltPage & AsyncDisposable> {
  const root = await mkdtemp(path.join(os.tmpdir(), "sebench-page-"));
  await buildPage(root);
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}

/**
 * Builds the page in a run's folder for the first file that needs it. Two files that need it at
 * once build it twice, and one build is kept.
 */
export async function buildOnce(runFolder: string): Promise<BuiltPage> {
  const root = path.join(runFolder, "page");
  if (!existsSync(root)) {
    const unfinished = await mkdtemp(path.join(runFolder, "unfinished-"));
    await buildPage(unfinished);
    await rename(unfinished, root).catch((error: unknown) => {
      // The folder of another file was there first, and serves this one too.
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
  /** Whether the browser serves WebGPU in software. The default is false. */
  readonly webgpu?: boolean;
  /** Whether the page is cross-origin isolated. The default is true. */
  readonly isolated?: boolean;
  /** More flags of Chromium; the default is none. */
  readonly flags?: readonly string[];
}

/** Launches a browser with the flags that the options ask for. */
export function launchBrowser({ webgpu = false, flags = [] }: TestPageOptions): Promise<Browser> {
  const args = [...quiet, ...(webgpu ? ["--enable-unsafe-webgpu"] : []), ...flags];
  return chromium.launch({ executablePath, args });
}

/** Opens the page in a browser of its own. */
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

/**
 * Opens the page in a context of its own, which shares no storage, worker or renderer with another.
 */
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
