import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright";
import { build } from "vite";
// The app is imported by its path, since `apps/page` depends on this package.
import { startPageServer } from "../../../apps/page/src/page-server.ts";

/** Builds the page in `page/`, serves it isolated, and lends it in a new browser. */
export async function withPage(use: (page: Page, browser: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sebench-forms-"));
  try {
    await build({
      root: join(import.meta.dirname, "page"),
      configFile: false,
      logLevel: "warn",
      // tfjs starts its wasm threads from the text of one of its functions.
      build: {
        outDir: folder,
        emptyOutDir: true,
        target: "esnext",
        minify: false,
        modulePreload: false,
      },
    });
    await using server = await startPageServer({ root: folder });
    const browser = await chromium.launch({
      executablePath: process.env["SEBENCH_BROWSER"] ?? "/usr/bin/chromium",
      args: ["--enable-unsafe-webgpu", "--enable-webgpu-developer-features"],
    });
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      await use(page, `Chromium ${browser.version()}`);
    } finally {
      await browser.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
