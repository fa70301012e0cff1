import { expect, test } from "vitest";
import { compareLogits } from "./parity.ts";

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
