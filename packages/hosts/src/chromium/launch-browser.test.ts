import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { InputError } from "@sebench/spec";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserFound, launchArguments, launchBrowser } from "./browser.ts";
import { findBrowser } from "./find-browser.ts";

let server: Server;
let address: string;
const hostsAsked: (string | undefined)[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    hostsAsked.push(request.headers.host);
    response.writeHead(200, {
      "content-type": "text/html",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    response.end("<!doctype html><title>empty</title>");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.close();
});

interface Page {
  readonly isolated: boolean;
  readonly sharedMemory: boolean;
  readonly adapter: boolean;
  readonly webnn: boolean;
}

const describePage = `(async () => ({
  isolated: crossOriginIsolated,
  sharedMemory: new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer
    instanceof SharedArrayBuffer,
  adapter: (await navigator.gpu.requestAdapter()) !== null,
  webnn: "ml" in navigator,
}))()`;

test("an isolated page has threads' shared memory, a WebGPU adapter and WebNN", async ({
  skip,
}) => {
  const found = await findBrowser({ cacheDirectory: tmpdir() });
  if (!found.ok) return skip(found.reason);
  const browser = await launchBrowser(found);
  try {
    expect(browser.version()).toBe(found.version);
    const session = await browser.newBrowserCDPSession();
    const { commandLine } = await session.send("SystemInfo.getInfo");
    expect(commandLine.includes("--no-sandbox")).toBe(found.sandbox !== "on");
    const page = await browser.newPage();
    await page.goto(address);
    const described = await page.evaluate<Page>(describePage);
    expect(described).toEqual({ isolated: true, sharedMemory: true, adapter: true, webnn: true });
  } finally {
    await browser.close();
  }
});

test("the browser reaches the page's server, and no name besides", async ({ skip }) => {
  const found = await findBrowser({ cacheDirectory: tmpdir() });
  if (!found.ok) return skip(found.reason);
  const browser = await launchBrowser(found);
  try {
    const page = await browser.newPage();
    await page.goto(address);
    // Every system has this name, which leads to the same server.
    const named = address.replace("127.0.0.1", "localhost");
    await page.evaluate((url) => fetch(url, { mode: "no-cors" }).catch(() => {}), named);
    const port = new URL(address).port;
    expect(hostsAsked).toContain(`127.0.0.1:${port}`);
    expect(hostsAsked).not.toContain(`localhost:${port}`);
  } finally {
    await browser.close();
  }
});

test("the headless shell from npm cannot be run headed", async () => {
  const found: BrowserFound = {
    ok: true,
    kind: "sparticuz",
    executablePath: "/nonexistent",
    version: "1.0",
    sandbox: "on",
    environment: {},
    skipped: [],
  };
  await expect(launchBrowser(found, { headed: true })).rejects.toThrow(InputError);
});

const gpu = { linuxGpu: true, headed: false };

test("Vulkan is asked for only where there is a GPU", () => {
  expect(launchArguments(gpu, [])).toEqual(
    expect.arrayContaining([
      "--enable-unsafe-webgpu",
      "--ignore-gpu-blocklist",
      "--use-angle=vulkan",
      "--disable-vulkan-surface",
      "--enable-features=Vulkan,VulkanFromANGLE,WebMachineLearningNeuralNetwork",
    ]),
  );
  const without = launchArguments({ linuxGpu: false, headed: true }, []).join(" ");
  expect(without).not.toMatch(/vulkan|ozone/i);
});

test("only a window on a GPU asks for X11: headless Chromium would look for a display", () => {
  expect(launchArguments({ ...gpu, headed: true }, [])).toContain("--ozone-platform=x11");
  expect(launchArguments(gpu, []).join(" ")).not.toContain("ozone");
});

test("features from several sources become one switch", () => {
  const extra = ["--enable-features=WebUSB", "--js-flags=--expose-gc"];
  const features = launchArguments(gpu, extra).filter((argument) =>
    argument.startsWith("--enable-features="),
  );
  expect(features).toEqual([
    "--enable-features=Vulkan,VulkanFromANGLE,WebMachineLearningNeuralNetwork,WebUSB",
  ]);
  expect(launchArguments(gpu, extra)).toContain("--js-flags=--expose-gc");
});
