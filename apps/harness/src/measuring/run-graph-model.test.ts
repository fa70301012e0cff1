import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultCacheDirectory } from "@sebench/artifacts";
import { findBrowser } from "@sebench/hosts/testing";
import { type SmallGraphModel, smallGraphModel } from "@sebench/models/testing";
import type { RunRecord } from "@sebench/results";
import { afterAll, describe, expect, it, test } from "vitest";
import { benchHere } from "../testing/bench.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-run-graph-model-"));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, { json, bytes }: SmallGraphModel): string {
  writeFileSync(join(folder, "weights.bin"), bytes);
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(json));
  return path;
}

const browser = await findBrowser({ cacheDirectory: defaultCacheDirectory() });

describe.skipIf(browser === null)("a run of a tfjs graph model", { timeout: 120_000 }, () => {
  it("measures it beside its twin on tfjs, and on no other engine", async () => {
    const model = smallGraphModel();
    // A free batch, which --input pins.
    const image = model.json.modelTopology.node.find(({ name }) => name === "image")!;
    const dim = [-1, 6, 6, 3].map((size) => ({ size: String(size) }));
    image.attr = { dtype: { type: "DT_FLOAT" }, shape: { shape: { dim } } };
    const path = written("model.json", model);
    const runtimes = ["--runtime", "tfjs-web/wasm,onnxruntime-node/cpu", "--threads", "1"];
    const asked = ["--profile", "smoke", "--no-fetch", "--json", "--out", join(folder, "run")];
    const sizes = ["--input", "image=2x6x6x3"];
    const { code, stdout } = await benchHere(
      "run",
      "--model",
      path,
      ...sizes,
      ...runtimes,
      ...asked,
    );
    // One of the runtimes that were asked for cannot run it.
    expect(code).toBe(1);
    const { cases } = JSON.parse(stdout) as RunRecord;
    const of = (runtime: string) => cases.find((each) => each.runtime === runtime);
    expect(of("tfjs-web/wasm")).toMatchObject({
      status: "ok",
      imageSize: 6,
      batch: 2,
      precision: "fp32",
      reference: "file, tfjs in plain JavaScript",
      attestation: { proven: true, threads: 1 },
      parity: { plain: { pass: true }, se: { pass: true } },
    });
    expect(of("onnxruntime-node/cpu")).toMatchObject({
      status: "unavailable",
      reason: expect.stringContaining("loads no graph models of tfjs"),
    });
  });
});

test.each<readonly [string, (model: SmallGraphModel) => unknown, string]>([
  [
    "a missing file of weights",
    ({ json }) => (json.weightsManifest[0]!.paths = ["none.bin"]),
    "the file of its weights, none.bin, is not there",
  ],
  [
    "a free size without --input",
    ({ json }) => {
      const image = json.modelTopology.node.find(({ name }) => name === "image")!;
      image.attr = { dtype: { type: "DT_FLOAT" } };
    },
    "which sizes shall image have?",
  ],
  [
    "an operator that tfjs does not know",
    ({ json }) =>
      json.modelTopology.node.push({ name: "own", op: "OwnOp", input: ["image"], attr: {} }),
    "tfjs-converter 4.22 does not know OwnOp: own",
  ],
])("%s is said in one sentence", async (name, change, said) => {
  const model = smallGraphModel();
  change(model);
  const path = written(`${name.replaceAll(" ", "-")}.json`, model);
  const asked = ["--runtime", "tfjs-web/cpu", "--profile", "smoke", "--no-fetch"];
  const { code, stdout, stderr } = await benchHere(
    "run",
    "--model",
    path,
    ...asked,
    "--out",
    join(folder, name),
  );
  expect(code).not.toBe(0);
  expect((stdout + stderr).replaceAll(/\s+/g, " ")).toContain(said);
});
