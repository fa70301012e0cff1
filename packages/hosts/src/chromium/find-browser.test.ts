import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import { type BrowserSearch, findBrowser } from "./find-browser.ts";

const playwrightPath = "/playwright/chrome";
const cachedPath = "/cache/artifacts/sparticuz-chromium-153.0.0/chromium";
const options = { cacheDirectory: "/cache" };

/**
 * A Linux machine with the given executables, each of which has a version or a reason why it fails.
 */
function machine(
  executables: Readonly<Record<string, { version: string } | { reason: string }>>,
  environment: Readonly<Record<string, string>> = {},
): BrowserSearch {
  return {
    platform: "linux",
    environment: { PATH: "/usr/bin", ...environment },
    homeDirectory: "/home/someone",
    playwrightPath,
    exists: (path) => path in executables,
    damageOfFetched: async () => null,
    checkStart: async (path) => {
      const executable = executables[path]!;
      return "version" in executable
        ? { ok: true, sandbox: "on", ...executable }
        : { ok: false, ...executable };
    },
  };
}

test("Playwright's own browser comes before an installed one, and that before the fetched one", async () => {
  const all = {
    [playwrightPath]: { version: "3.0" },
    "/usr/bin/chromium": { version: "2.0" },
    [cachedPath]: { version: "1.0" },
  };
  const { [playwrightPath]: _playwright, ...installedAndFetched } = all;
  const { "/usr/bin/chromium": _installed, ...fetched } = installedAndFetched;
  await expect(findBrowser(options, machine(all))).resolves.toMatchObject({
    kind: "playwright",
    version: "3.0",
  });
  await expect(findBrowser(options, machine(installedAndFetched))).resolves.toMatchObject({
    kind: "chromium",
    executablePath: "/usr/bin/chromium",
  });
  await expect(findBrowser(options, machine(fetched))).resolves.toMatchObject({
    kind: "sparticuz",
    executablePath: cachedPath,
  });
});

test("a browser that does not start is skipped, and its reason kept", async () => {
  const reason = "error while loading shared libraries: libnss3.so";
  const found = await findBrowser(
    options,
    machine({ [playwrightPath]: { reason }, "/usr/bin/chromium": { version: "2.0" } }),
  );
  expect(found).toMatchObject({
    ok: true,
    kind: "chromium",
    skipped: [{ what: playwrightPath, reason }],
  });
});

test("a fetched browser that is damaged is not started, and the remedy fetches it anew", async () => {
  const search: BrowserSearch = {
    ...machine({ [cachedPath]: { version: "1.0" } }),
    damageOfFetched: async () => "chromium has 1 of 2 bytes",
  };
  expect(await findBrowser(options, search)).toEqual({
    ok: false,
    reason: expect.stringContaining("chromium has 1 of 2 bytes"),
    remedy: expect.stringContaining("doctor --fix"),
  });
});

test("the fetched browser brings its own libraries where the system lacks them", async () => {
  const search: BrowserSearch = {
    ...machine({ [cachedPath]: { version: "1.0" } }),
    checkStart: async (_path, environment) =>
      "LD_LIBRARY_PATH" in environment
        ? { ok: true, version: "1.0", sandbox: "on" }
        : { ok: false, reason: "libnss3.so" },
  };
  const found = await findBrowser(options, search);
  if (!found.ok) throw new Error(found.reason);
  expect(found.environment["LD_LIBRARY_PATH"]).toMatch(
    /^\/cache\/artifacts\/sparticuz-chromium-153\.0\.0\/al2023\/lib/,
  );
});

test("--browser comes before $SEBENCH_BROWSER, and that before all that is found", async () => {
  const search = machine(
    {
      "/mine": { version: "4.0" },
      "/variable": { version: "3.0" },
      [playwrightPath]: { version: "2.0" },
    },
    { SEBENCH_BROWSER: "/variable" },
  );
  await expect(findBrowser({ ...options, path: "/mine" }, search)).resolves.toMatchObject({
    kind: "path",
    executablePath: "/mine",
  });
  await expect(findBrowser(options, search)).resolves.toMatchObject({
    kind: "path",
    executablePath: "/variable",
  });
});

test("a named browser is never replaced by another", async () => {
  const executables = {
    "/usr/bin/firefox": { reason: "not built on Chromium" },
    [playwrightPath]: { version: "2.0" },
  };
  const byFlag = findBrowser({ ...options, path: "/usr/bin/firefox" }, machine(executables));
  await expect(byFlag).rejects.toThrow(InputError);
  await expect(byFlag).rejects.toThrow(
    "--browser /usr/bin/firefox does not start: not built on Chromium",
  );
  const byVariable = findBrowser(options, machine(executables, { SEBENCH_BROWSER: "/gone" }));
  await expect(byVariable).rejects.toThrow(
    "$SEBENCH_BROWSER /gone does not start: there is no such file",
  );
});

test("where none starts, every attempt is told, and how to get one", async () => {
  const missing = await findBrowser(
    options,
    machine({
      [playwrightPath]: { reason: "libnss3.so" },
      "/usr/bin/chromium": { reason: "the snap is required" },
    }),
  );
  if (missing.ok) throw new Error("a browser was found");
  expect(missing.reason.split("\n").slice(1)).toEqual([
    `${playwrightPath}: libnss3.so`,
    "/usr/bin/chromium: the snap is required",
  ]);
  expect(missing.remedy).toContain("pnpm bench doctor --fix");
  expect(missing.remedy).toContain("--browser PATH");
});
