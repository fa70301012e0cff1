import { expect, test } from "vitest";
import type { NamedTensor } from "@sebench/runtime";
import { compareLogits, compareOutputs, stillOutputs } from "./parity.ts";

const options = { classes: 3, tolerance: 1e-4 };

test("relative error is taken for each image against its own largest logit", () => {
  const oracle = [1, -4, 2, 10, 20, 40];
  const actual = [1, -4, 2.0002, 10, 20.001, 40];
  const parity = compareLogits(actual, oracle, options);
  expect(parity.maxAbs).toBeCloseTo(1e-3, 9);
  expect(parity.relative).toBeCloseTo(2e-4 / 4, 9);
  expect(parity).toMatchObject({ top1Agreement: 1, images: 2, pass: true });
});

test("an error above the tolerance fails", () => {
  expect(compareLogits([1, 2, 3.0004], [1, 2, 3], options)).toMatchObject({ pass: false });
});

test("another top class fails, however near", () => {
  const parity = compareLogits([1, 2.00001, 2], [1, 2, 2.00001], options);
  expect(parity.relative).toBeLessThan(1e-4);
  expect(parity).toMatchObject({ top1Agreement: 0, pass: false });
});

test.each([[[Number.NaN, 2, 3]], [[1, 2, Number.NaN]], [[1, 2, Number.POSITIVE_INFINITY]]])(
  "logits of %s fail",
  (actual) => {
    expect(compareLogits(actual, [1, 2, 3], options).pass).toBe(false);
  },
);

test("a NaN in one image is not hidden by the next", () => {
  const parity = compareLogits([Number.NaN, 2, 3, 1, 2, 3], [1, 2, 3, 1, 2, 3], options);
  expect(parity.pass).toBe(false);
  expect(parity.relative).toBeNaN();
  expect(parity.top1Agreement).toBe(0.5);
});

test("logits of another number are an error", () => {
  expect(() => compareLogits([1, 2], [1, 2, 3], options)).toThrow("gave 2 logits where 3 were due");
});

const none = { logits: new Float32Array() };
const floats = (...values: number[]): NamedTensor => {
  return { name: "y", type: "float32", shape: [values.length], data: Float32Array.from(values) };
};
const integers = (...values: bigint[]): NamedTensor => {
  return { name: "ids", type: "int64", shape: [values.length], data: BigInt64Array.from(values) };
};

test("outputs are held each against its own largest value", () => {
  const other = (value: number) => ({ ...floats(value), name: "z" });
  const right = [
    [floats(1, 2), other(1000)],
    [floats(0.1, 0.2), other(100)],
  ];
  const outputs = [
    [floats(1, 2.0001), other(1000.01)],
    [floats(0.1, 0.2), other(100)],
  ];
  const parity = compareOutputs({ ...none, outputs }, right, 1e-4);
  expect(parity.relative).toBeCloseTo(5e-5, 6);
  expect(parity).toMatchObject({ images: 2, top1Agreement: 1, pass: true });
  expect(compareOutputs({ ...none, outputs }, right, 1e-5).pass).toBe(false);
});

test("an output of a function into 0..1 may be rounded at 1, and no further", () => {
  const right = [[floats(5e-6)]];
  const bounded = new Set(["y"]);
  const rounded = { ...none, outputs: [[floats(5e-6 + 2 ** -23)]] };
  expect(compareOutputs(rounded, right, 1e-4).pass).toBe(false);
  expect(compareOutputs(rounded, right, 1e-4, bounded).pass).toBe(true);
  const wrong = { ...none, outputs: [[floats(5e-6 + 2 ** -20)]] };
  expect(compareOutputs(wrong, right, 1e-4, bounded).pass).toBe(false);
});

test("a run in which an output is near 0 is measured by the output's largest value of all runs", () => {
  const right = [[floats(1e-7, 0)], [floats(1, 0.5)]];
  const outputs = [[floats(1.3e-7, 0)], [floats(1, 0.5)]];
  expect(compareOutputs({ ...none, outputs }, right, 1e-4)).toMatchObject({ pass: true });
  const far = [[floats(2e-4, 0)], [floats(1, 0.5)]];
  expect(compareOutputs({ ...none, outputs: far }, right, 1e-4).relative).toBeCloseTo(2e-4, 6);
});

test("integers must be equal to the last digit", () => {
  const large = 2n ** 60n;
  const right = [[integers(large, 1n)], [integers(2n)]];
  const equal = compareOutputs({ ...none, outputs: right }, right, 1e-4);
  expect(equal).toMatchObject({ pass: true, top1Agreement: 1 });
  const outputs = [[integers(large + 1n, 1n)], [integers(2n)]];
  const other = compareOutputs({ ...none, outputs }, right, 1e-4);
  expect(other).toMatchObject({ pass: false, top1Agreement: 0.5, relative: 0 });
});

test("what is no number fails, unless it is right", () => {
  const right = [[floats(1, NaN, Infinity)]];
  expect(compareOutputs({ ...none, outputs: right }, right, 1e-4).pass).toBe(true);
  const outputs = [[floats(NaN, NaN, Infinity)]];
  expect(compareOutputs({ ...none, outputs }, right, 1e-4)).toMatchObject({
    pass: false,
    maxAbs: null,
  });
});

test("the logits of an imported model are held against its only output", () => {
  const right = [[floats(1, 2)], [floats(3, 4)]];
  const answers = { logits: Float32Array.of(1, 2, 3, 4), outputs: null };
  expect(compareOutputs(answers, right, 1e-4)).toMatchObject({ pass: true, images: 2, maxAbs: 0 });
});

test("another shape or another number of outputs is an error, and no parity", () => {
  const right = [[floats(1, 2)]];
  const compare = (outputs: NamedTensor[][]) => compareOutputs({ ...none, outputs }, right, 1e-4);
  expect(() => compare([[floats(1)]])).toThrow("float32 [1], and float32 [2] was due");
  expect(() => compare([[]])).toThrow("there is no output y");
  expect(() => compare([])).toThrow("0 runs were answered, and 1 were due");
});

test("an output that hardly moves from run to run is named", () => {
  const moving = { ...floats(1, 2), name: "moves" };
  expect(
    stillOutputs([
      [floats(1, 2), moving],
      [floats(1, 2.0001), floats(2, 2)],
    ]),
  ).toEqual(["y"]);
  expect(stillOutputs([[floats(1, 2)]])).toEqual([]);
});
