import { readFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { json } from "node:stream/consumers";
import { type TemporaryFolder, temporaryFolder } from "@sebench/artifacts";
import { buildStaticSite } from "@sebench/page/testing";
import { faultOf, type Measurement } from "@sebench/results";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFirefox } from "./firefox.ts";
import { findWebkitgtk } from "./webkitgtk.ts";

type Outcome =
  | { readonly ok: true; readonly measurement: Measurement }
  | { readonly ok: false; readonly reason: string };

const browsers = [
  { host: "firefox", found: await findFirefox(), version: expect.stringMatching(/^\d+$/) },
  { host: "webkitgtk", found: await findWebkitgtk(), version: null },
] as const;

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** The script by which the page, which tells nobody, tells this test what it has measured. */
const telling = `setInterval(() => {
  if (!globalThis.sebenchResult) return;
  fetch("told", { method: "POST", body: JSON.stringify(globalThis.sebenchResult) });
  delete globalThis.sebenchResult;
}, 200);`;

describe("the static page", () => {
  let temporary: TemporaryFolder;
  let server: http.Server;
  let url: string;
  let tell: (outcome: Outcome) => void = () => {};

  beforeAll(async () => {
    temporary = await temporaryFolder("page");
    const root = join(temporary.path, "site");
    await buildStaticSite({ outDir: root, issues: null });
    // A plain static host: files and their types, and no header of isolation.
    server = http.createServer(async (request, response) => {
      const name = new URL(request.url!, "http://localhost").pathname.slice(1) || "index.html";
      if (name === "told") {
        tell((await json(request)) as Outcome);
        response.end();
        return;
      }
      const type = types[extname(name)] ?? "application/octet-stream";
      const file =
        name === "telling.js" ? telling : await readFile(join(root, name)).catch(() => null);
      const script = '<script src="telling.js"></script></head>';
      const body = name === "index.html" ? String(file).replace("</head>", script) : file;
      response.writeHead(body === null ? 404 : 200, { "Content-Type": type }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    server?.closeAllConnections();
    server?.close();
    await temporary[Symbol.asyncDispose]();
  });

  describe.each(browsers)("in $host", ({ host, found, version }) => {
    it.skipIf("ok" in found)(
      `measures from a plain host, isolated by its service worker (skipped where ${host} is not found)`,
      async () => {
        if ("ok" in found) return;
        const told = new Promise<Outcome>((resolve) => (tell = resolve));
        const query =
          "?network=se-resnet8&runtime=onnxruntime-web/wasm&budget=3&threads=2&start=now";
        await using browser = await found.open(url + query, {
          signal: new AbortController().signal,
          temporary,
          headed: false,
          device: "wasm",
        });
        const ended = browser.ended.then((reason) => Promise.reject(new Error(reason)));
        const outcome = await Promise.race([told, ended]);
        if (!outcome.ok) throw new Error(outcome.reason);
        const { measurement: made } = outcome;
        expect(made.host).toMatchObject({ name: host, version, page: { isolated: true } });
        expect(made.proof).toMatchObject({ device: "wasm", proven: true, threads: 2, simd: true });
        expect([made.parity.plain?.pass, made.parity.se.pass]).toEqual([true, true]);
        // A short measurement on a busy machine tells little.
        const fault = faultOf(made, Date.now());
        expect(fault === null || fault.includes("its interval is as wide")).toBe(true);
      },
    );
  });
});
