import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fetchBrowser } from "./fetch-browser.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fetch-browser-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test("without a network the answer is a value that tells every attempt", async () => {
  // Nothing serves this port of the machine; `fetch` forbids the usual one, `discard`.
  vi.stubEnv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:2");
  vi.stubEnv("PLAYWRIGHT_BROWSERS_PATH", join(folder, "playwright"));
  vi.stubEnv("npm_config_registry", "http://127.0.0.1:2");
  const cacheDirectory = join(folder, "cache");
  const progress: string[] = [];

  const answer = await fetchBrowser({ cacheDirectory, onProgress: (line) => progress.push(line) });

  if (answer.ok) throw new Error(`${answer.executablePath} was fetched`);
  expect(answer.reason).toMatch(/^Playwright's Chromium: .*ECONNREFUSED/m);
  expect(answer.remedy).toContain("--browser PATH");
  expect(progress).toContain("fetching Playwright's Chromium");
  if (process.platform === "linux" && process.arch === "x64") {
    expect(answer.reason).toMatch(/^Chromium from npm \(@sparticuz\/chromium\): .*ECONNREFUSED/m);
    // A failed fetch leaves nothing half done behind.
    expect(await readdir(join(cacheDirectory, "artifacts"))).toEqual([]);
  }
}, 180_000);
