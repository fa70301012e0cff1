import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { faultOf, type Measurement, parseSubmitted } from "@sebench/results";
import { InputError } from "@sebench/spec";
import type { Browser, BrowserContext, Page } from "playwright";
import { preview } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildStaticSite } from "./static-site.ts";
import { hasBrowser, inBrowser, launchBrowser } from "./testing/test-browser.ts";

/** A name that the browser takes for another machine's, and leads here. */
const otherMachine = "another-machine.example";

/** Serves a folder as a static host does, with these headers and no others of ours. */
async function serve(outDir: string, headers: Readonly<Record<string, string>>) {
  const server = await preview({
    configFile: false,
    logLevel: "silent",
    root: path.dirname(outDir),
    // A site of GitHub Pages lies in a folder of its host.
    base: "/sebench/",
    build: { outDir },
    preview: { port: 0, host: "127.0.0.1", headers: { ...headers }, allowedHosts: [otherMachine] },
  });
  const { port } = server.httpServer.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/sebench/`, close: () => server.close() };
}

type Site = Awaited<ReturnType<typeof serve>>;

type Outcome =
  | { readonly ok: true; readonly measurement: Measurement }
  | { readonly ok: false; readonly reason: string };

/** The fault of a measurement, but for its width: a short one on a busy machine tells little. */
function faultBut(made: Measurement): string | null {
  const fault = faultOf(made, Date.now());
  return fault?.includes("its interval is as wide") ? null : fault;
}

/** Hears, in the page, of what its own policy forbids. */
const listenForViolations = `
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    tellViolation(violatedDirective + " of " + blockedURI));`;

test("an address of issues that is not https is refused", async () => {
  const asked = buildStaticSite({ outDir: "/nowhere", issues: "javascript:alert(1)" });
  await expect(asked).rejects.toThrow(InputError);
});

describe.skipIf(!hasBrowser)(`the static page ${inBrowser}`, () => {
  let folder: string;
  let plain: Site;
  let isolating: Site;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "sebench-static-"));
    const outDir = path.join(folder, "site");
    await buildStaticSite({ outDir, issues: "https://example.org/issues/new" });
    plain = await serve(outDir, {});
    isolating = await serve(outDir, {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    });
    browser = await launchBrowser({
      flags: [`--host-resolver-rules=MAP ${otherMachine} 127.0.0.1`],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await plain?.close();
    await isolating?.close();
    await rm(folder, { recursive: true });
  });

  async function opened<Result>(
    { url }: Site,
    query: string,
    look: (page: Page, context: BrowserContext) => Promise<Result>,
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<Result> {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      const violations: string[] = [];
      await page.exposeFunction("tellViolation", (text: string) => violations.push(text));
      await page.addInitScript(listenForViolations);
      await page.goto(url + query);
      const seen = await look(page, context);
      expect(violations).toEqual([]);
      return seen;
    } finally {
      await context.close();
    }
  }

  async function outcomeOf(page: Page): Promise<Outcome> {
    // The page is loaded once more where a service worker isolates it.
    const found = await page.waitForFunction(
      () => (globalThis as { sebenchResult?: unknown }).sebenchResult,
      undefined,
      { timeout: 90_000 },
    );
    return (await found.jsonValue()) as Outcome;
  }

  function measured(outcome: Outcome): Measurement {
    if (!outcome.ok) throw new Error(outcome.reason);
    return outcome.measurement;
  }

  test("on a plain host a service worker brings threads, and what is copied is believed", async () => {
    const query = "?network=se-resnet8&runtime=onnxruntime-web/wasm&budget=3&threads=2&start=now";
    await opened(plain, query, async (page, context) => {
      const made = measured(await outcomeOf(page));
      expect(made.proof).toEqual({
        device: "wasm",
        proven: true,
        software: false,
        threads: 2,
        simd: true,
        tf32: false,
      });
      expect(made.host).toMatchObject({ name: "chromium", page: { isolated: true } });
      expect(made.overhead.replicas.length).toBeGreaterThanOrEqual(5);
      expect(faultBut(made)).toBeNull();
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      const name = '<img src=x onerror="alert(1)">';
      await page.locator("#device-name").fill(name);
      await page.locator("#copy").click();
      await page.locator("#copied:not(:empty)").waitFor();
      const block = await page.evaluate<string>("navigator.clipboard.readText()");
      const own = { kind: "computer", name: null } as const;
      const read = parseSubmitted(`My phone:\n\n${block}\nThanks.`, "the issue", own);
      expect(read.measurements).toEqual([{ ...made, device: { ...made.device, name } }]);
      const agent = await page.evaluate<string>("navigator.userAgent");
      expect(block).not.toContain(/Chrome\/\S+/.exec(agent)![0]);
      expect(await page.locator("main img").count()).toBe(0);
      expect(await page.locator("#issue").getAttribute("href")).toBe(
        "https://example.org/issues/new",
      );
    });
  });

  test("without isolation there is one thread, and runs are repeated for the coarse clock", async () => {
    const query = "?network=se-resnet8&budget=3&isolation=off&start=now&lang=de";
    await opened(plain, query, async (page) => {
      const made = measured(await outcomeOf(page));
      expect(made.proof).toMatchObject({ threads: 1, simd: true });
      expect(made.host.page).toMatchObject({ isolated: false, secureContext: true });
      const { clockStepMs, runsPerSample } = made.host.page!;
      expect(clockStepMs).toBeGreaterThan(0.02);
      // The number is found while something may disturb, and later runs may be several times faster.
      expect(runsPerSample).toBeGreaterThan(1);
      expect(made.members.plain.p50Ms * runsPerSample).toBeGreaterThan(5 * clockStepMs);
      expect(faultBut(made)).toBeNull();
      expect(await page.locator("html").getAttribute("lang")).toBe("de");
      expect(await page.locator("#facts").innerText()).toContain("zusammen gemessen");
    });
  });

  test("over plain http from another machine it measures all the same, and says what is lost", async () => {
    const site = { ...plain, url: plain.url.replace("127.0.0.1", otherMachine) };
    const query = "?network=se-resnet8&budget=2&start=now&lang=en";
    await opened(site, query, async (page) => {
      const made = measured(await outcomeOf(page));
      expect(made.host.page).toMatchObject({ secureContext: false, isolated: false });
      expect(made.proof.threads).toBe(1);
      expect(faultBut(made)).toBeNull();
      expect(await page.locator("#isolation").textContent()).toContain("plain http");
      await page.locator("#copy").click();
      await page.locator("#copied:not(:empty)").waitFor();
      expect(await page.locator("#copied").innerText()).toContain("Select the text below");
      expect(await page.locator("#report").inputValue()).toContain("sebench-measurement/1");
    });
  });

  test("a network of seeded weights is drawn in the page, and its answers are the oracle's", async () => {
    const query = "?network=mobilenet-v3-large&runtime=tfjs-web/wasm&budget=2&start=now";
    await opened(isolating, query, async (page) => {
      const made = measured(await outcomeOf(page));
      expect(made.subject).toMatchObject({
        plain: "plain-mobilenet-v3-large",
        weights: { kind: "seeded", seed: 1 },
      });
      expect(made.parity.se).toMatchObject({ pass: true, images: 4 });
    });
  });

  test("the page says by what it is isolated, or why it is not", async () => {
    const told = (site: Site, query: string, options: Parameters<Browser["newContext"]>[0] = {}) =>
      opened(
        site,
        query,
        async (page) => {
          await page.locator("#isolation:not(:empty)").waitFor({ timeout: 30_000 });
          return page.locator("#isolation").innerText();
        },
        { locale: "en-US", ...options },
      );
    expect(await told(isolating, "")).toContain("isolated by its host");
    expect(await told(plain, "")).toContain("isolated by a service worker");
    expect(await told(plain, "?isolation=off")).toContain("as its address asks");
    expect(await told(plain, "", { serviceWorkers: "block" })).toContain(
      "did not let a service worker",
    );
  });

  test("an isolated page without shared memory promises no threads", async () => {
    await opened(plain, "?lang=en", async (page) => {
      await page.addInitScript("delete globalThis.SharedArrayBuffer");
      await page.goto(`${isolating.url}?lang=en`);
      await page.locator("#isolation:not(:empty)").waitFor({ timeout: 30_000 });
      expect(await page.locator("#isolation").innerText()).toContain(
        "no memory that threads share",
      );
      expect(await page.locator("select[name=threads] option").allTextContents()).toHaveLength(2);
    });
  });

  test.each([
    ["?nettwork=se-resnet8&lang=en", "The address has a parameter nettwork, which this page does"],
    ["?budget=60&budget=70&lang=en", "The address has the parameter budget twice."],
    ["?runtime=tfjs-web/webnn&lang=de", "Die Adresse hat runtime=tfjs-web/webnn, was diese Seite"],
    ["?budget=1e3&lang=en", "it takes 2 ... 3600"],
  ])("%s is an error in one sentence, and nothing can be started", async (query, sentence) => {
    await opened(plain, query, async (page) => {
      const outcome = await outcomeOf(page);
      expect(outcome).toMatchObject({ ok: false, reason: expect.stringContaining(sentence) });
      expect(await page.locator("#error").innerText()).toContain(sentence);
      expect(await page.locator("#start").isVisible()).toBe(false);
    });
  });
});
