import { InputError } from "@sebench/spec";
import { readSafetensors, writeSafetensors } from "@sebench/weights";
import type { NamedTensor } from "@sebench/runtime";
import { expect, test } from "vitest";
import { namedTensor, readRunInputs, writeRunInputs } from "./run-inputs.ts";

const image: NamedTensor = {
  name: "image/of/a run",
  type: "float32",
  shape: [1, 2],
  data: Float32Array.of(-0, 1e-45),
};
const ids: NamedTensor = {
  name: "ids",
  type: "int64",
  shape: [2],
  data: BigInt64Array.of(-1n, 2n ** 62n + 1n),
};
const mask: NamedTensor = { name: "mask", type: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) };
const half: NamedTensor = { name: "half", type: "float16", shape: [1], data: Uint16Array.of(1) };

test("the inputs of each run are read as they were written", () => {
  const runs = Array.from({ length: 12 }, (_, run) =>
    run % 2 === 0 ? [ids, image] : [mask, half],
  );
  const read = readRunInputs(writeRunInputs(runs));
  const byName = (one: NamedTensor, other: NamedTensor) => (one.name < other.name ? -1 : 1);
  expect(read.map((run) => run.toSorted(byName))).toEqual(runs.map((run) => run.toSorted(byName)));
});

test("a file of something else is refused", () => {
  const bytes = new Uint8Array(4);
  const file = writeSafetensors(new Map([["weights", { dtype: "F32", shape: [1], bytes }]]));
  expect(() => readRunInputs(file)).toThrow(InputError);
});

test("a type that no input has is refused by its name", () => {
  const bytes = new Uint8Array(2);
  const file = writeSafetensors(new Map([["x", { dtype: "BF16", shape: [1], bytes }]]));
  const [[name, tensor]] = [...readSafetensors(file).tensors] as [[string, never]];
  expect(() => namedTensor(name, tensor)).toThrow("x is BF16");
});
