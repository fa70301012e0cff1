import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspectModel } from "@sebench/models";
import { modelWithSe, TestGraph } from "@sebench/models/testing";
import { readExplanation, type SoakRecord } from "@sebench/results";
import { afterAll, describe, expect, it } from "vitest";
import { benchHere } from "../testing/bench.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-model-studies-"));
afterAll(() => rmSync(folder, { recursive: true }));

function keep(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** The bytes of a model without SE, a convolution of an image. */
function withoutSe(): Uint8Array {
  const graph = new TestGraph();
  return graph.model(graph.conv("image", 3, 4), [1, 4, 8, 8]);
}

const free = keep("free.onnx", modelWithSe("side"));
const sized = ["--model", free, "--input", "image=1x3x64x64"];
const short = ["--threads", "1", "--no-fetch"];

/** Runs a command that must end well, and gives what it printed. */
async function ends(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await benchHere(...args);
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

describe("bench soak --model", () => {
  it("runs one session of a file over and over, and holds it against what is right", async () => {
    const where = ["--runtime", "onnxruntime-node/cpu", "--host", "node"];
    const out = join(folder, "soaked");
    const soak = ["soak", ...sized, ...short, ...where, "--runs", "120"];
    const { rows } = JSON.parse(await ends(...soak, "--json", "--out", out)) as SoakRecord;
    const { sha256 } = inspectModel(free);
    expect(rows).toMatchObject([
      {
        status: "ok",
        network: `free.onnx{image=1x3x64x64,sha256=${sha256.slice(0, 12)}}`,
        lowering: "as-is",
        soaked: { runs: 120, changedAt: null },
      },
    ]);
    const [row] = rows;
    if (row?.status !== "ok") throw new Error("it did not last");
    const { checkpoints } = row.soaked.parity;
    expect(checkpoints.map(({ run, pass }) => [run, pass])).toEqual(
      [1, 2, 100, 120].map((run) => [run, true]),
    );
  }, 60_000);
});

describe("bench bound --model", () => {
  it("gives the least that the SE of a file can cost, which is not above what it costs", async () => {
    const where = ["--runtime", "onnxruntime-node/cpu", "--host", "node", "--budget", "1"];
    const [pair] = JSON.parse(await ends("bound", ...sized, ...short, ...where, "--json"));
    const { sha256 } = inspectModel(free);
    expect(pair).toMatchObject({
      network: `free.onnx{image=1x3x64x64,sha256=${sha256.slice(0, 12)}}`,
      lowering: "as-is",
      // A sum for each of 8 x 64 x 64 elements, two layers of 8 x 2, and a product for each of the
      // 4 x 8 weights of the convolution that reads what SE gives.
      bound: { macs: 8 * 64 * 64 + 2 * 16 + 32, bytes: 4 * (16 + 2 + 16 + 8) },
    });
    expect(pair.bound.ratio).toBeGreaterThan(1);
  }, 60_000);
});

describe("bench tune --model", () => {
  it("says what passes gain on a runtime, and keeps it under the file's name and hash", async () => {
    const path = keep("slow.onnx", modelWithSe(32));
    const where = ["--runtime", "onnxruntime-node/cpu", "--host", "node"];
    const out = ["--out", join(folder, "tuned")];
    const asked = ["--model", path, "--budget", "2", "--json"];
    const [{ tuning }] = JSON.parse(await ends("tune", ...asked, ...short, ...where, ...out));
    const { sha256 } = inspectModel(path);
    expect(tuning).toMatchObject({
      network: `slow.onnx{image=1x3x32x32,sha256=${sha256.slice(0, 12)}}`,
      naive: "as-is",
      lowering: expect.stringMatching(/^(?:as-is|[a-z0-9+-]+)$/),
      overhead: { naive: { ratio: expect.any(Number) }, tuned: { ratio: expect.any(Number) } },
    });
    expect(tuning.gain.ratio).toBeLessThanOrEqual(1);
  }, 120_000);

  it.each<[string, readonly string[], string, string]>([
    ["neither a network nor a model", [], "which network", "--model FILE"],
    ["a free size", ["--model", free], "which sizes shall image have", "--input image=1x3x224x224"],
  ])("refuses %s in one sentence", async (_what, flags, message, remedy) => {
    const where = ["--runtime", "onnxruntime-node/cpu", "--out", join(folder, "untuned")];
    const { code, stderr } = await benchHere("tune", ...flags, ...where);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
    expect(stderr).toContain(remedy);
  });
});

describe("bench explain --model", () => {
  it("takes the overhead apart by the nodes of the user's file", async () => {
    const out = join(folder, "explained");
    const files = [
      "--trace",
      join(folder, "trace.json"),
      "--node-data",
      join(folder, "nodes.json"),
    ];
    await ends("explain", ...sized, ...short, "--budget", "1", "--out", out, ...files);
    const record = await readExplanation(out);
    const { blocks, sha256 } = inspectModel(free);
    expect(record).toMatchObject({
      network: `free.onnx{image=1x3x64x64,sha256=${sha256.slice(0, 12)}}`,
      weights: { kind: "model", name: "free.onnx", sha256 },
      imageSize: 64,
    });
    const operators = (name: string) =>
      record.parts
        .find(({ part }) => part === name)!
        .operators.map(({ op, kernels }) => [op, kernels]);
    expect(operators("squeeze")).toEqual([["GlobalAveragePool", { plain: 0, se: 1 }]]);
    expect(operators("scale")).toEqual([["Mul", { plain: 0, se: 1 }]]);
    expect(record.stages.map(({ stage }) => stage)).toEqual([1, null]);
    const { results } = JSON.parse(await readFile(join(folder, "nodes.json"), "utf8"));
    const [{ nodes }] = blocks as [(typeof blocks)[number]];
    expect(Object.keys(results)).toEqual(expect.arrayContaining([nodes[0], nodes.at(-1)]));
    expect(await readFile(join(folder, "trace.json"), "utf8")).toContain('"SE block 1"');
    expect(await readFile(join(out, "explanation.md"), "utf8")).toContain("## By SE block");
  }, 60_000);

  it.each<[string, readonly string[], string, string]>([
    ["neither a network nor a model", [], "is named", "--model FILE"],
    ["both", [...sized, "--network", "se-resnet8"], "both named", "leave one of them out"],
    ["two models", [...sized, "--model", free], "--model names 2", "give one"],
    ["a lowering", [...sized, "--lowering", "gemm"], "--lowering is not for", "leave --lowering"],
    [
      "no SE",
      ["--model", keep("plain.onnx", withoutSe())],
      "no SE that can be cut",
      "bench run --model",
    ],
  ])("refuses %s in one sentence", async (_what, flags, message, remedy) => {
    const { code, stderr } = await benchHere("explain", ...flags, "--out", join(folder, "refused"));
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
    expect(stderr).toContain(remedy);
  });
});
