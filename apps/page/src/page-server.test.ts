import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { InputError } from "@sebench/spec";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type PageServer, startPageServer } from "./page-server.ts";

let folder: string;
let root: string;
let server: PageServer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "sebench-page-server-"));
  root = path.join(folder, "page");
  await mkdir(root);
  await writeFile(path.join(root, "index.html"), "<p>the page</p>");
  await writeFile(path.join(folder, "secret.txt"), "not the page's");
  server = await startPageServer({ root });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const get = (pathname: string) => fetch(new URL(pathname, server.url));

it("serves the page to this machine alone, cross-origin isolated and never from a cache", async () => {
  const response = await get("/");
  expect(await response.text()).toBe("<p>the page</p>");
  expect(new URL(server.url).hostname).toBe("127.0.0.1");
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  });
});

it("serves the engine's binary as WebAssembly", async () => {
  const response = await get("/ort/ort-wasm-simd-threaded.wasm");
  expect(response.headers.get("content-type")).toBe("application/wasm");
  const magic = new Uint8Array(await response.arrayBuffer()).subarray(0, 4);
  expect(new TextDecoder().decode(magic)).toBe("\0asm");
});

it("serves a case from memory until it is cleared", async () => {
  const pathname = server.serve("images.safetensors", Uint8Array.of(1, 2, 3));
  const response = await get(pathname);
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
  server.clear();
  expect((await get(pathname)).status).toBe(404);
});

it("serves a case only to who was given its path", async () => {
  const pathname = server.serve("images.safetensors", Uint8Array.of(1, 2, 3));
  const [, , token, name] = pathname.split("/");
  expect(token).toMatch(/^[0-9a-f]{32}$/);
  expect((await get(`/case/${name}`)).status).toBe(404);
  expect((await get(`/case/${"0".repeat(32)}/${name}`)).status).toBe(404);
  expect((await get(`/case/${token}/`)).status).toBe(404);
  await using another = await startPageServer({ root });
  expect(another.serve("images.safetensors", "")).not.toBe(pathname);
  server.clear();
});

it.each(["rebound.example", "127.0.0.1", "127.0.0.1:1", "localhost.rebound.example:PORT"])(
  "refuses a request for the host %j, as a page that rebinds its name sends it",
  async (host) => {
    const { port } = new URL(server.url);
    expect(await statusOf("/", { host: host.replace("PORT", port) })).toBe(421);
  },
);

it("answers to the names of this machine", async () => {
  const { port } = new URL(server.url);
  for (const name of ["127.0.0.1", "localhost", "[::1]"]) {
    expect(await statusOf("/", { host: `${name}:${port}` })).toBe(200);
  }
});

it.each(["POST", "PUT", "DELETE", "OPTIONS"])(
  "refuses %s, and says what it takes",
  async (method) => {
    const response = await fetch(server.url, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect(response.headers.has("access-control-allow-origin")).toBe(false);
  },
);

it("lets no other site frame the page, nor load code into it", async () => {
  const policy = (await get("/")).headers.get("content-security-policy");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("'unsafe-eval'");
});

// The requests do not go through `fetch`, which would resolve the dots itself.
it.each([
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/ort/..%2f..%2fpackage.json",
  "/%2fetc%2fhostname",
  "/%252e%252e/secret.txt",
  "/..%5csecret.txt",
  "/.%2e/secret.txt",
  "/%c0%ae%c0%ae/secret.txt",
  "/..%00/secret.txt",
  "/case/../secret.txt",
  "/ort/%2e%2e/%2e%2e/%2e%2e/package.json",
  "/session/../../secret.txt",
  "/%zz",
])("does not serve %s", async (pathname) => {
  expect(await statusOf(pathname)).toBe(404);
});

it("says which port is taken and what to do", async () => {
  const port = Number(new URL(server.url).port);
  const second = startPageServer({ root, port });
  await expect(second).rejects.toThrow(InputError);
  await expect(second).rejects.toMatchObject({
    message: `port ${port} is taken`,
    remedy: expect.stringContaining("--port"),
  });
});

it("can leave isolation out", async () => {
  const plain = await startPageServer({ root, isolated: false });
  const response = await fetch(plain.url);
  await plain[Symbol.asyncDispose]();
  expect(response.headers.has("cross-origin-embedder-policy")).toBe(false);
});

function statusOf(
  pathname: string,
  headers: http.OutgoingHttpHeaders = {},
): Promise<number | undefined> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const request = http.get({ hostname, port, path: pathname, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", reject);
  });
}
