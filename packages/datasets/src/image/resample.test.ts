import { expect, test } from "vitest";
import { resample } from "./resample.ts";

function grey(values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value, value, value]));
}

function whole(length: number) {
  return { length, first: 0, count: length };
}

test("an image of the size asked for stays as it is", () => {
  const pixels = Uint8Array.of(1, 2, 3, 250, 251, 252);
  for (const interpolation of ["bilinear", "bicubic"] as const) {
    const image = { width: 2, height: 1, pixels };
    expect([...resample(image, interpolation, whole(2), whole(1))]).toEqual([...pixels]);
  }
});

test("bilinear at half the size weighs four pixels by their distance", () => {
  const image = { width: 4, height: 1, pixels: grey([0, 80, 160, 240]) };
  // The triangle is two pixels wide on each side. The first output stands at 1.0, with
  // weights 0.75,
  // 0.75 and 0.25 on the pixels at 0.5, 1.5 and 2.5, and none at -0.5, so it is 100 / 1.75 = 57.14.
  const expected = grey([57, 183]);
  expect([...resample(image, "bilinear", whole(2), whole(1))]).toEqual([...expected]);
});

test("bicubic at twice the size overshoots beside an edge", () => {
  const image = { width: 4, height: 1, pixels: grey([100, 100, 200, 200]) };
  // Keys' kernel with a = -0.5 has 0.8672, 0.2266, -0.0703 and -0.0234 at the distances 0.25,
  // 0.75, 1.25 and 1.75. The output at 1.75 is 100 + 100 * (0.2266 - 0.0234) = 120.3. That at 1.25
  // has three pixels in reach and is 100 - 100 * 0.0703 / 1.0234 = 93.1. The others mirror them.
  const result = resample(image, "bicubic", { length: 8, first: 2, count: 4 }, whole(1));
  expect([...result]).toEqual([...grey([93, 120, 180, 207])]);
});

test("an overshoot past black or white is cut off", () => {
  const image = { width: 1, height: 4, pixels: grey([0, 0, 255, 255]) };
  const result = resample(image, "bicubic", whole(1), whole(8));
  // The value is 255 * (0.2266 - 0.0234) = 51.8, by the weights of the previous test.
  expect([...result]).toEqual([...grey([0, 0, 0, 52, 203, 255, 255, 255])]);
});

test("a window of the result is what the whole has in that place", () => {
  const pixels = Uint8Array.from({ length: 9 * 7 * 3 }, (_, index) => (index * 37) % 256);
  const image = { width: 9, height: 7, pixels };
  const all = resample(image, "bicubic", whole(5), whole(4));
  const part = resample(
    image,
    "bicubic",
    { length: 5, first: 1, count: 3 },
    { length: 4, first: 2, count: 2 },
  );
  const row = (y: number) => all.subarray((y * 5 + 1) * 3, (y * 5 + 4) * 3);
  expect([...part]).toEqual([...row(2), ...row(3)]);
});

test("of an image as thin as a thread only what the crop shows is resized", () => {
  const height = 2_000_000;
  const pixels = new Uint8Array(height * 3).fill(90, (height / 2 - 1) * 3, (height / 2 + 1) * 3);
  const image = { width: 1, height, pixels };
  const down = { length: 2 * height, first: height - 1, count: 2 };
  const result = resample(image, "bilinear", { length: 1000, first: 498, count: 4 }, down);
  expect(new Set(result)).toEqual(new Set([90]));
  const both = () => resample(image, "bilinear", whole(224), whole(224));
  expect(both).toThrow("it has 1 x 2000000 pixels, too thin to resize");
});
