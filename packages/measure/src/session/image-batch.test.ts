import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import { splitIntoBatches } from "./image-batch.ts";

const images = { shape: [4, 1, 1, 2], data: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7) };

test("images are cut into batches in order", () => {
  const batches = splitIntoBatches(images, 2);
  expect(batches.map(({ shape }) => shape)).toEqual([
    [2, 1, 1, 2],
    [2, 1, 1, 2],
  ]);
  expect(batches.map(({ data }) => data)).toEqual([
    Float32Array.of(0, 1, 2, 3),
    Float32Array.of(4, 5, 6, 7),
  ]);
});

test("a number of images that is not a multiple of the batch is refused", () => {
  expect(() => splitIntoBatches(images, 3)).toThrow(InputError);
  expect(() => splitIntoBatches({ shape: [0, 1, 1, 2], data: new Float32Array() }, 1)).toThrow(
    InputError,
  );
});

test("values that do not fill the shape are refused", () => {
  expect(() => splitIntoBatches({ ...images, shape: [2, 1, 1, 2] }, 1)).toThrow(InputError);
});
