import { encodeInPrecision } from "@sebench/bench";
import { lower } from "@sebench/lowering";
import { buildNetwork } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { expect, test } from "vitest";
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
