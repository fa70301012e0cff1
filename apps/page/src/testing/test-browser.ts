import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import { buildPage } from "../build-page.ts";
import { type PageServer, startPageServer } from "../page-server.ts";

const executablePath = process.env["SEBENCH_BROWSER"] ?? "/usr/bin/chromium";

/** For the titles of tests that need a browser; null where there is one. */
export const noBrowser: string | null = existsSync(executablePath)
  ? null
  : `no browser at ${executablePath}: set SEBENCH_BROWSER to a Chromium`;

const quiet = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

export interface TestPage extends AsyncDisposable {
  readonly page: Page;
  readonly browser: Browser;
  readonly server: PageServer;
}

export interface TestPageOptions {
  /** The folder of the built page. */
  readonly root: string;
  /** Whether the browser may serve WebGPU in software. */
  readonly webgpu: boolean;
  readonly isolated: boolean;
}

/** The page in a browser of its own. */
export async function openPage({ root, webgpu, isolated }: TestPageOptions): Promise<TestPage> {
  const server = await startPageServer({ root, isolated });
  const args = webgpu ? [...quiet, "--enable-unsafe-webgpu"] : quiet;
  const browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage();
  await page.goto(server.url);
  return {
    page,
    browser,
    server,
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Builds the page into a temporary folder, which `dispose` removes. */
export async function buildTestPage(): Promise<{ root: string; dispose(): Promise<void> }> {
  const root = await mkdtemp(path.join(os.tmpdir(), "sebench-page-"));
  await buildPage(root);
  return { root, dispose: () => rm(root, { recursive: true }) };
}
