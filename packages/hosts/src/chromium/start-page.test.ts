import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { defaultCacheDirectory } from "@sebench/artifacts";
import type { StoreJob } from "@sebench/jobs";
import { startPageServer } from "@sebench/page";
import { describe, expect, it, test } from "vitest";
import type { Watch } from "../host/host.ts";
import { processHost } from "../processes/process-host.ts";
import { thisNode } from "../processes/program.ts";
import { openChromiumHost } from "./chromium-host.ts";
import { findBrowser } from "./find-browser.ts";
import { compress, countBytes } from "../host/start-files.ts";

const found = await findBrowser({ cacheDirectory: defaultCacheDirectory() });
const watch: Watch = {
  signal: new AbortController().signal,
  timeoutMs: 60_000,
  onProgress: () => {},
};

describe.skipIf(!found.ok)("a start in a browser (skipped where none is found)", () => {
  if (!found.ok) return;

  it("answers as Node does, tells each step, and counts what was loaded", async () => {
    const folder = await mkdtemp(join(tmpdir(), "start-page-"));
    const node = processHost(thisNode);
    const runtime = "onnxruntime-web/wasm";
    const engine = { threads: 1 };
    const job: StoreJob = {
      kind: "store",
      runtime,
      engine,
      pair: {
        networks: { plain: "resnet8", se: "se-resnet8" },
        imageSize: 28,
        weights: { kind: "seeded", seed: 1 },
        images: { dataset: "fashion-mnist", count: 1 },
      },
      lowering: "gemm",
      session: { batch: 1, precision: "fp32" },
      folder,
    };
    const { se } = await node.run(job, watch);
    const request = { ...se, runs: 3, leastRuns: 3, budgetMs: 0 };
    const start = { kind: "start", runtime, engine, request } as const;
    const inNode = await node.run(start, watch);
    await using host = await openChromiumHost(found, { path: null, headed: false, port: 0 });
    const inPage = await host.run(start, watch);
    expect(inPage.first).toEqual(inNode.first);
    expect(inPage.last).toEqual(inNode.first);
    for (const ms of Object.values(inPage.stepsMs)) expect(ms).toBeGreaterThan(0);

    const { javascript, wasm, model } = inPage.bytes!;
    const sizes = await Promise.all([se.files.head, se.files.model].map((file) => stat(file)));
    expect(model).toMatchObject({ files: 2, raw: sizes[0]!.size + sizes[1]!.size });
    expect(wasm.files).toBe(1);
    for (const { raw, sent, gzip, brotli } of [javascript, wasm]) {
      // The server does not compress, and sends headers.
      expect(sent).toBeGreaterThan(raw);
      expect(gzip).toBeLessThan(raw / 2);
      expect(brotli).toBeLessThan(gzip);
    }
    if (process.platform === "linux") {
      const { before, engine: idle, steady } = inPage.memory;
      expect(idle!.residentBytes).toBeGreaterThan(before!.residentBytes);
      expect(steady!.residentBytes).toBeGreaterThan(before!.residentBytes);
    }
    await rm(folder, { recursive: true });
  }, 120_000);
});

test("bytes that the page's timing tells and the server does not send are an error", async () => {
  await using server = await startPageServer({ root: tmpdir() });
  const path = server.serve("model.bin", new Uint8Array(1000));
  const file = { path, transferSize: 1300, encodedBodySize: 1000, decodedBodySize: 1000 };
  expect(await countBytes(server.url, [file, file])).toMatchObject({ files: 1, raw: 1000 });
  const other = { ...file, decodedBodySize: 999 };
  await expect(countBytes(server.url, [other])).rejects.toThrow("tells 999 bytes");
});

test("sizes are those of files that unpack to the file", async () => {
  const body = Buffer.from("squeeze and excitation ".repeat(50));
  const { gzipped, brotlied } = await compress(body);
  expect(gunzipSync(gzipped)).toEqual(body);
  expect(brotliDecompressSync(brotlied)).toEqual(body);
});
