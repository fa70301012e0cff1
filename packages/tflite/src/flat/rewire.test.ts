import { lower } from "@sebench/lowering";
import { buildNetwork } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { expect, it } from "vitest";
import { encodeTflite } from "../encode-tflite.ts";
import { readTflite } from "./read-tflite.ts";
import { rewireTflite } from "./rewire.ts";

const network = buildNetwork("se-resnet8");
const lowered = lower(network, seededWeights(network, 1), "gemm");

it.each(["fp32", "fp16"] as const)("leaves out what only the products read, in %s", (precision) => {
  const bytes = encodeTflite(lowered, { batch: 1, precision });
  const file = readTflite(bytes);
  const products = file.operators.filter(({ name }) => name === "MUL");
  expect(products).toHaveLength(3);
  const maps = new Map(products.map(({ inputs, outputs }) => [outputs[0]!, inputs[0]!]));
  const rewired = readTflite(rewireTflite(bytes, maps));
  const plain = buildNetwork("resnet8");
  const written = lower(plain, seededWeights(plain, 1), "gemm");
  const own = readTflite(encodeTflite(written, { batch: 1, precision }));
  const kinds = ({ operators }: typeof own) => operators.map(({ name }) => name).toSorted();
  expect(kinds(rewired)).toEqual(kinds(own));
  expect(rewired.outputs).toEqual(file.outputs);
});

it("refuses a tensor in place of one of another shape, and names both", () => {
  const bytes = encodeTflite(lowered, { batch: 1 });
  const { operators } = readTflite(bytes);
  const product = operators.find(({ name }) => name === "MUL");
  const gate = product!.inputs[1]!;
  expect(() => rewireTflite(bytes, new Map([[product!.outputs[0]!, gate]]))).toThrow(
    /cannot be read in place of/,
  );
});
