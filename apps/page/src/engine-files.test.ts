import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Availability, Runtime } from "@sebench/runtime";
import {
  onnxruntimeWebWasm,
  onnxruntimeWebWebgpu,
  onnxruntimeWebWebgpuJsep,
} from "@sebench/runtime-onnxruntime-web";
import { onnxruntimeWebFolder } from "@sebench/runtime-onnxruntime-web/folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageRuntime } from "./testing/page-runtime.ts";
import {
  type BuiltPage,
  buildTestPage,
  hasBrowser,
  inBrowser,
  openPage,
} from "./testing/test-browser.ts";

interface Row {
  readonly runtime: Runtime;
  readonly threads: number;
  /** Of the loader (.mjs) and of the binary (.wasm). */
  readonly file: string;
}

const rows: readonly Row[] = [
  { runtime: onnxruntimeWebWasm, threads: 1, file: "ort-wasm-simd-threaded" },
  { runtime: onnxruntimeWebWasm, threads: 2, file: "ort-wasm-simd-threaded" },
  { runtime: onnxruntimeWebWebgpu, threads: 1, file: "ort-wasm-simd-threaded.asyncify" },
  { runtime: onnxruntimeWebWebgpuJsep, threads: 1, file: "ort-wasm-simd-threaded.jsep" },
];

describe.skipIf(!hasBrowser)(`files of engines ${inBrowser}`, { timeout: 60_000 }, () => {
  let built: BuiltPage;
  beforeAll(async () => {
    built = await buildTestPage();
  });
  afterAll(() => built[Symbol.asyncDispose]());

  /** Probes where only these files of the engine are served. */
  async function probeWith(
    { runtime, threads }: Row,
    files: Readonly<Record<string, Uint8Array>>,
  ): Promise<Availability> {
    const opened = await openPage(built, { webgpu: true });
    try {
      for (const [name, body] of Object.entries(files)) opened.server.serve(`ort/${name}`, body);
      const inPage = pageRuntime(runtime, async () => opened);
      const engine = await inPage.load({ threads, assetsUrl: "/case/ort/" });
      return await engine.probe();
    } finally {
      await opened[Symbol.asyncDispose]();
    }
  }

  describe.each(rows)("$runtime.id with threads $threads is unavailable", (row) => {
    const { file } = row;
    const reinstall = expect.stringContaining("reinstall onnxruntime-web");

    it("where its loader is not served", async () => {
      const reason = expect.stringContaining(`/case/ort/${file}.mjs`);
      expect(await probeWith(row, {})).toEqual({ ok: false, reason, remedy: reinstall });
    });

    it("where its binary is not served", async () => {
      const loader = await readEngineFile(`${file}.mjs`);
      const reason = expect.stringContaining(`${file}.wasm cannot be loaded`);
      const availability = await probeWith(row, { [`${file}.mjs`]: loader });
      expect(availability).toEqual({ ok: false, reason, remedy: reinstall });
    });

    it("where its binary is cut off", async () => {
      const loader = await readEngineFile(`${file}.mjs`);
      const binary = (await readEngineFile(`${file}.wasm`)).subarray(0, 1_000_000);
      const files = { [`${file}.mjs`]: loader, [`${file}.wasm`]: binary };
      const reason = expect.stringMatching(
        new RegExp(`^${file}\\.wasm cannot be loaded, or is damaged: .*CompileError`),
      );
      expect(await probeWith(row, files)).toEqual({ ok: false, reason, remedy: reinstall });
    });
  });
});

function readEngineFile(name: string): Promise<Uint8Array> {
  return readFile(path.join(onnxruntimeWebFolder, name));
}
