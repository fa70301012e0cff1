import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Availability, Runtime } from "@sebench/runtime";
import {
  onnxruntimeWebWasm,
  onnxruntimeWebWebgpu,
  onnxruntimeWebWebgpuJsep,
} from "@sebench/runtime-onnxruntime-web";
import { onnxruntimeWebFolder } from "@sebench/runtime-onnxruntime-web/folder";
import { describe, expect, it } from "vitest";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { load } from "./testing/small-session.ts";

interface Row {
  readonly runtime: Runtime;
  readonly threads: number;
  /** The name of the loader (.mjs) and of the binary (.wasm), without its ending. */
  readonly file: string;
}

const rows: readonly Row[] = [
  { runtime: onnxruntimeWebWasm, threads: 1, file: "ort-wasm-simd-threaded" },
  { runtime: onnxruntimeWebWasm, threads: 2, file: "ort-wasm-simd-threaded" },
  { runtime: onnxruntimeWebWebgpu, threads: 1, file: "ort-wasm-simd-threaded.asyncify" },
  { runtime: onnxruntimeWebWebgpuJsep, threads: 1, file: "ort-wasm-simd-threaded.jsep" },
];

describeInBrowser("files of engines", 60_000, (pages) => {
  /** Probes a runtime where only the given files of its engine are served. */
  function probeWith(
    { runtime, threads }: Row,
    files: Readonly<Record<string, Uint8Array>>,
  ): Promise<Availability> {
    return pages.lend({ webgpu: true }, async (opened) => {
      for (const [name, body] of Object.entries(files)) opened.server.serve(`ort/${name}`, body);
      const assetsUrl = opened.server.serve("ort/", "");
      const engine = await load(runtime, opened, { threads, assetsUrl });
      return engine.probe();
    });
  }

  describe.each(rows)("$runtime.id with threads $threads is unavailable", (row) => {
    const { file } = row;
    const reinstall = expect.stringContaining("reinstall onnxruntime-web");

    it("where its loader is not served", async () => {
      const reason = expect.stringMatching(`/case/\\w+/ort/${file}.mjs`);
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
