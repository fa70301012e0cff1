import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readModel } from "@sebench/models";
import { fetchOcrModels } from "@sebench/models/testing";
import type { Optimization } from "@sebench/results";
import { afterAll, expect, test } from "vitest";
import { benchHere } from "../testing/bench.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-optimize-"));
afterAll(() => rmSync(folder, { recursive: true }));

const runtime = ["--runtime", "onnxruntime-node/cpu", "--input", "x=1x3x48x192"];
const short = ["--race-seconds", "0.5", "--threads", "1"];

// The activation takes a quarter of the classifier's time, which no noise of a busy machine hides.
test("optimize writes a faster classifier, and says what it did and how far outputs are apart", async () => {
  const { classifier } = await fetchOcrModels();
  const before = readFileSync(classifier);
  const out = join(folder, "faster.onnx");
  const asked = ["optimize", classifier, ...runtime, "--passes", "activation,residual", ...short];
  const { code, stdout, stderr } = await benchHere(...asked, "--out", out, "--json");
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  const told = JSON.parse(stdout) as Optimization;
  expect(told.passes).toMatchObject([
    { pass: "activation", outcome: "kept", places: 18 },
    { pass: "residual", outcome: "nothing", places: 0 },
  ]);
  expect(told.parity).toMatchObject({ pass: true, reference: "file, not optimised", still: [] });
  // Four operators and two Constant nodes become two operators.
  expect(told.after?.nodes).toBe(told.before.nodes - 4 * 18);
  expect(told.gain.interval![1]).toBeLessThan(1);
  const operators = readModel(out).graph.nodes.map(({ op }) => op);
  expect(operators.filter((op) => op === "HardSigmoid")).toHaveLength(9 + 18);
  expect(readFileSync(classifier).equals(before)).toBe(true);
}, 240_000);

test("optimize refuses to write over the model, sizes of no input, and a pass that there is not", async () => {
  const { classifier } = await fetchOcrModels();
  const asked = (more: readonly string[], out = join(folder, "none.onnx")) =>
    benchHere("optimize", classifier, "--runtime", "onnxruntime-node/cpu", ...more, "--out", out);
  const same = await asked(["--input", "x=1x3x48x192"], classifier);
  expect(same).toMatchObject({ stderr: expect.stringContaining("is the model itself") });
  const other = await asked(["--input", "y=1x3x48x192"]);
  expect(other.stderr).toContain("no model has an input y");
  const free = await asked([]);
  expect(free.stderr).toContain("--input");
  const none = await asked(["--passes", "activations"]);
  expect(none.stderr).toContain("did you mean activation");
  for (const { code } of [same, other, free, none]) expect(code).not.toBe(0);
  expect(existsSync(join(folder, "none.onnx"))).toBe(false);
});
