import { encodeInPrecision } from "@sebench/bench";
import { lower } from "@sebench/lowering";
import { buildNetwork } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { afterAll, expect, test } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readModel } from "@sebench/models";
import { benchHere } from "../testing/bench.ts";

const network = buildNetwork("se-resnet8", { imageSize: 28 });
const lowered = lower(network, seededWeights(network, 1), "gemm");

test.each([
  ["fp16", 0.55],
  ["int8", 0.4],
] as const)("a network in %s is less than %d of its size in fp32", async (precision, share) => {
  const [whole, small] = [
    await encodeInPrecision(lowered, { batch: 1, precision: "fp32" }),
    await encodeInPrecision(lowered, { batch: 1, precision }),
  ];
  expect(small.length / whole.length).toBeLessThan(share);
});

const folder = mkdtempSync(join(tmpdir(), "sebench-export-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The nodes that give a value in integers, by an export in int8. */
async function quantised(...flags: string[]): Promise<readonly string[]> {
  const out = join(folder, `${flags.length}.onnx`);
  const asked = ["--network", "se-resnet8", "--precision", "int8", "--out", out];
  const { code, stderr } = await benchHere("export", ...asked, ...flags);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return readModel(out)
    .graph.nodes.filter(({ op }) => op === "QuantizeLinear")
    .flatMap(({ inputs }) => inputs.slice(0, 1));
}

test("bench export --int8-keep se leaves squeezes and gates in floats, and nothing else", async () => {
  const ofSe = (name: string) => /squeeze|excite/.test(name);
  const [whole, kept] = [await quantised(), await quantised("--int8-keep", "se")];
  expect(whole.filter(ofSe).length).toBeGreaterThan(0);
  expect(kept.filter(ofSe)).toEqual([]);
  expect(kept).toEqual(whole.filter((name) => !ofSe(name)));
}, 60_000);

test("bench export refuses --int8-keep without int8", async () => {
  const out = join(folder, "x.onnx");
  const args = ["export", "--network", "se-resnet8", "--out", out, "--int8-keep", "se"];
  expect(await benchHere(...args)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("add --precision int8"),
  });
});

test("bench export refuses a precision that it does not know, and names those that it does", async () => {
  const args = ["export", "--network", "resnet8", "--out", "x.onnx", "--precision", "int4"];
  expect(await benchHere(...args)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("fp32, fp16, int8"),
  });
});

test("bench run refuses a precision that a runtime it names does not have", async () => {
  const args = ["run", "--runtime", "onnxruntime-node/cpu", "--precision", "fp16"];
  expect(await benchHere(...args)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("onnxruntime-node/cpu has no precision fp16"),
  });
});
