import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultCacheDirectory } from "@sebench/artifacts";
import { findBrowser } from "@sebench/hosts/testing";
import { fetchSelfieModels } from "@sebench/models/testing";
import type { RunRecord } from "@sebench/results";
import { afterAll, describe, expect, it } from "vitest";
import { benchHere } from "../testing/bench.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-run-tflite-"));
afterAll(() => rmSync(folder, { recursive: true }));

const browser = await findBrowser({ cacheDirectory: defaultCacheDirectory() });

describe.skipIf(browser === null)("a run of MediaPipe's .tflite file", { timeout: 120_000 }, () => {
  it("measures it beside its twin on LiteRT.js, and on no other engine", async () => {
    const { square } = await fetchSelfieModels();
    const runtimes = ["--runtime", "litert-web/wasm,onnxruntime-node/cpu", "--threads", "1"];
    const asked = ["--profile", "smoke", "--no-fetch", "--json", "--out", join(folder, "run")];
    const { code, stdout } = await benchHere("run", "--model", square, ...runtimes, ...asked);
    // One of the runtimes that were asked for cannot run it.
    expect(code).toBe(1);
    const { cases } = JSON.parse(stdout) as RunRecord;
    const of = (runtime: string) => cases.find((each) => each.runtime === runtime);
    expect(of("litert-web/wasm")).toMatchObject({
      status: "ok",
      imageSize: 256,
      reference: "file as ONNX, not optimised",
      attestation: { proven: true, threads: 1 },
      parity: { plain: { pass: true, images: 4 }, se: { pass: true, images: 4 } },
    });
    expect(of("onnxruntime-node/cpu")).toMatchObject({
      status: "unavailable",
      reason: expect.stringContaining("loads no TensorFlow Lite models"),
    });
  });

  it("is explained by nothing, since no steps can be left out of a file, and says what to do", async () => {
    const { square } = await fetchSelfieModels();
    const asked = ["--runtime", "litert-web/wasm", "--threads", "1", "--budget", "1", "--no-fetch"];
    const out = join(folder, "explain");
    const { code, stderr } = await benchHere("explain", "--model", square, ...asked, "--out", out);
    expect(code).not.toBe(0);
    expect(stderr).toContain("LiteRT.js tells no times of its operators");
    expect(stderr).toContain("bench run --model");
  });
});
