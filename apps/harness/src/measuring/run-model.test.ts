import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { model, modelWithSe, node, tensor, valueInfo } from "@sebench/models/testing";
import { type RunRecord, timesOfAlone } from "@sebench/results";
import { writeSafetensors } from "@sebench/weights";
import { afterAll, describe, expect, it, test } from "vitest";
import { benchHere } from "../testing/bench.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-run-model-"));
afterAll(() => rmSync(folder, { recursive: true }));

function keep(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const smoke = ["run", "--profile", "smoke", "--runtime", "onnxruntime-node/cpu", "--no-fetch"];
const ofModel = (...paths: string[]) => paths.flatMap((path) => ["--model", path]);

describe("a run of models of one's own", () => {
  it("measures a file beside its twin, and keeps its name and hash", async () => {
    const path = keep("with se.onnx", modelWithSe("side"));
    const out = join(folder, "run-with-se");
    const sizes = ["--input", "image=1x3x32x32"];
    const { code, stdout, stderr } = await benchHere(
      ...smoke,
      ...ofModel(path),
      ...sizes,
      "--json",
      "--out",
      out,
    );
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const { cases } = JSON.parse(stdout) as RunRecord;
    const [only] = cases;
    expect(cases).toHaveLength(1);
    expect(only).toMatchObject({
      status: "ok",
      imageSize: 32,
      batch: 1,
      lowering: "as-is",
      reference: "file, not optimised",
      batchNorm: "as in the file",
      weights: { kind: "model", name: "with se.onnx" },
      parity: { plain: { pass: true, images: 4 }, se: { pass: true, images: 4 } },
    });
    if (only?.status !== "ok" || only.weights.kind !== "model") throw new Error("it did not run");
    const { sha256, hash } = only.weights;
    expect(only.network).toBe(`with_se.onnx{image=1x3x32x32,sha256=${sha256.slice(0, 12)}}`);
    expect(hash.se).toBe(sha256);
    expect(hash.plain).not.toBe(sha256);
    // Two layers of 1x1 from 8 to 2 channels and back, with their biases.
    expect(only.members.se.parameters - only.members.plain.parameters).toBe(8 * 2 + 2 + 2 * 8 + 8);
    const html = await readFile(join(out, "report.html"), "utf8");
    expect(html).toContain("of the file with se.onnx");
  });

  it("does not go on with other inputs than it was started with", async () => {
    const inputs = keepArray("image", [1, 3, 32, 32]);
    const path = join(folder, "with se.onnx");
    const resumed = ["--inputs", inputs, "--resume", join(folder, "run-with-se")];
    const { code, stderr } = await benchHere(...smoke, ...ofModel(path), ...resumed);
    expect(code).toBe(2);
    expect(stderr).toMatch(/with se\.onnx has 4 runs with inputs from seeded inputs, not 1 from/);
    expect(stderr).toContain("start a new run");
  });

  it("measures a file whose hard-swish stands in four operators a second time, with another form", async () => {
    const path = keep("slow form.onnx", modelWithSe(16, { activation: "hard-swish" }));
    const out = join(folder, "run-slow-form");
    const run = await benchHere(...smoke, ...ofModel(path), "--json", "--out", out);
    expect({ code: run.code, stderr: run.code === 0 ? "" : run.stderr }).toEqual({
      code: 0,
      stderr: "",
    });
    const { cases } = JSON.parse(run.stdout) as RunRecord;
    expect(cases).toMatchObject([
      { status: "ok", lowering: "as-is", parity: { se: { pass: true } } },
      { status: "ok", lowering: "activation", parity: { se: { pass: true } } },
    ]);
    const nodes = cases.map((each) => each.status === "ok" && each.attestation.evidence["se"]);
    const operators = nodes.map(
      (each) => (each as { operators: Record<string, number> }).operators,
    );
    // One operator takes the place of the division and of the three before it.
    expect(operators.map((each) => each["Div"] ?? 0)).toEqual([1, 0]);
    expect(await readFile(join(out, "report.md"), "utf8")).toContain("in the file as it is");
  });

  it("measures a file without SE by itself, with several inputs and outputs", async () => {
    const int64 = 7;
    const bytes = model({
      nodes: [node("Mul", ["x", "scale"], ["y"]), node("Add", ["count", "count"], ["twice"])],
      constants: [tensor("scale", [], [3])],
      inputs: [valueInfo("x", [1, 2]), valueInfo("count", [2], int64)],
      outputs: [valueInfo("y", [1, 2]), valueInfo("twice", [2], int64)],
    });
    const path = keep("plain.onnx", bytes);
    const out = join(folder, "run-plain");
    const run = await benchHere(...smoke, ...ofModel(path), "--out", out);
    expect(run.code).toBe(0);
    expect(run.stderr).toContain("plain.onnx has no squeeze-and-excitation");
    expect(run.stdout).toContain("parity holds");
    expect(run.stdout).not.toContain("SE costs");
    const { cases } = JSON.parse(await readFile(join(out, "results.json"), "utf8")) as RunRecord;
    const [only] = cases;
    if (only?.status !== "alone") throw new Error("it was not measured by itself");
    expect(only.parity.se).toMatchObject({ pass: true, images: 4, maxAbs: 0, top1Agreement: 1 });
    expect(timesOfAlone(only)!.latencyMs.p50).toBeGreaterThan(0);

    const advice = await benchHere("recommend", out);
    expect(advice).toMatchObject({ code: 0 });
    expect(advice.stdout).toContain("Deploy onnxruntime-node/cpu");
    const later = join(folder, "run-plain-later");
    expect((await benchHere(...smoke, ...ofModel(path), "--out", later)).code).toBe(0);
    const compared = await benchHere("compare", out, later, "--format", "json");
    expect(compared.code).toBe(0);
    const { cases: both } = JSON.parse(compared.stdout) as { cases: { verdict: string }[] };
    expect(both.map(({ verdict }) => verdict)).toEqual(["same"]);
  });
});

describe("inputs of one's own", () => {
  it("are arrays whose shape and file the record has", async () => {
    const path = keep("stored.onnx", modelWithSe("side"));
    const file = keepArray("image", [2, 3, 16, 16]);
    const out = join(folder, "run-stored");
    // The array says the free sizes, and with the model's batch of 1 it holds two runs.
    const flags = [...ofModel(path), "--inputs", file];
    const { code, stdout, stderr } = await benchHere(...smoke, ...flags, "--json", "--out", out);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    const [only] = (JSON.parse(stdout) as RunRecord).cases;
    expect(only).toMatchObject({
      status: "ok",
      imageSize: 16,
      batch: 1,
      images: { dataset: expect.stringContaining("arrays-image-2x3x16x16.safetensors"), count: 2 },
      parity: { se: { pass: true, images: 2 } },
    });
    const html = await readFile(join(out, "report.html"), "utf8");
    expect(html).toContain("2 runs with arrays-image-2x3x16x16.safetensors");
    expect(html).toContain("the untouched file on onnxruntime-node/cpu without optimisation");
  });
});

/** Writes a file of safetensors with one array of float32. */
function keepArray(name: string, shape: readonly number[]): string {
  const length = shape.reduce((size, dim) => size * dim, 1);
  const values = Float32Array.from({ length }, (_, at) => Math.sin(at));
  const bytes = new Uint8Array(values.buffer);
  const stored = writeSafetensors(new Map([[name, { dtype: "F32", shape, bytes }]]));
  return keep(`arrays-${name}-${shape.join("x")}.safetensors`, stored);
}

const known = keep("known.onnx", modelWithSe(16));
const free = keep("free.onnx", modelWithSe("side"));

test.each<[string, readonly string[], string, string]>([
  ["a free size", ofModel(free), "which sizes shall image have?", "--input image=1x3x224x224"],
  [
    "an input that no model has",
    [...ofModel(known), "--input", "x=1x3x4x4"],
    "no model has an input x",
    "their inputs: image",
  ],
  ["the same file twice", ofModel(known, known), "the same bytes", "give each model once"],
  [
    "what is no ONNX",
    ofModel(keep("page.onnx", Buffer.from("<html></html>"))),
    "no ONNX model",
    "fetch the file again",
  ],
  [
    "a batch of its own",
    [...ofModel(known), "--batch", "2"],
    "--batch is not for --model",
    "--input",
  ],
  [
    "an array of a name that no model has",
    [...ofModel(known), "--inputs", keepArray("x", [1])],
    "no model has an input x",
    "name the arrays as the inputs: image",
  ],
  [
    "an array of another shape",
    [...ofModel(known), "--inputs", keepArray("image", [1, 3, 8, 8])],
    "known.onnx takes [1, 3, 16, 16]",
    "give that shape",
  ],
  ["arrays without a model", ["--inputs", "x.npz"], "no --model is named", "add --model FILE"],
  ["images without a model", ["--images", "."], "no --model is named", "bench eval --data DIR"],
  ["a folder without images", [...ofModel(known), "--images", folder], "has no images", "--images"],
  ["means without images", [...ofModel(known), "--mean", "0.5"], "--mean is of images", "--images"],
  ["sizes without a model", ["--input", "x=1x3x4x4"], "no --model is named", "add --model FILE"],
])(
  "%s is refused in one sentence, and nothing is written",
  async (_what, flags, message, remedy) => {
    const out = join(folder, "refused");
    const { code, stderr } = await benchHere(...smoke, ...flags, "--out", out);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
    expect(stderr).toContain(remedy);
    await expect(readFile(join(out, "results.json"))).rejects.toThrow("ENOENT");
  },
);

test("calibrate says that it takes networks alone", async () => {
  const { code, stderr } = await benchHere("calibrate", "--model", known);
  expect(code).not.toBe(0);
  expect(stderr).toContain("bench calibrate takes networks");
  expect(stderr).toContain("bench run --model");
});
