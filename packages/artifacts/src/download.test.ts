import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { download } from "./download.ts";
import { serveFile } from "./testing/file-server.ts";
import { pinOf, sampleContent } from "./testing/sample-artifact.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-download-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

it("goes through the proxy that the environment names", async () => {
  const content = sampleContent(10_000);
  await using server = await serveFile(content);
  const tunnelled: string[] = [];
  const proxy = createServer().on("connect", ({ url }, client: Socket) => {
    tunnelled.push(url!);
    const target = connect(Number(new URL(`http://${url}`).port), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.pipe(client).pipe(target);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("http_proxy", `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  vi.stubEnv("no_proxy", "");

  const path = join(folder, "file");
  await download(server.url, path, { what: "it", byteLength: null, onProgress() {} });
  proxy.close();
  expect(pinOf(await readFile(path))).toEqual(pinOf(content));
  expect(tunnelled).toEqual([new URL(server.url).host]);
});
