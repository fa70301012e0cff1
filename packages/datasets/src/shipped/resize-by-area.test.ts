import { expect, test } from "vitest";
import { resizeByArea } from "./resize-by-area.ts";

test("an image of the size asked for stays as it is", () => {
  expect([...resizeByArea(Uint8Array.of(1, 2, 3, 4), 2, 1, 2)]).toEqual([1, 2, 3, 4]);
});

test("half the size is the mean of each two by two pixels, rounded half up", () => {
  // prettier-ignore
  const pixels = Uint8Array.of(
    0, 1, 10, 10,
    0, 1, 10, 12,
    255, 255, 7, 8,
    255, 255, 8, 8,
  );
  // The means are 0.5, 10.5, 255 and 7.75.
  expect([...resizeByArea(pixels, 4, 1, 2)]).toEqual([1, 11, 255, 8]);
});

test("a pixel that two outputs share counts for each by the part that it covers", () => {
  // prettier-ignore
  const pixels = Uint8Array.of(
    90, 30, 0,
    90, 30, 0,
    0, 0, 0,
  );
  // Each output pixel covers 1.5 x 1.5 source pixels. The first is (90 + 30 / 2) * 1.5 /
  // 2.25 = 70, and the second (30 / 2) * 1.5 / 2.25 = 10. The lower ones have a third of
  // the weight in the second row: (105 * 0.5) / 2.25 = 23.33 and (15 * 0.5) / 2.25 = 3.33.
  expect([...resizeByArea(pixels, 3, 1, 2)]).toEqual([70, 10, 23, 3]);
});

test("an image that grows is blended where a pixel covers parts of two", () => {
  // Each output pixel covers two thirds of a source pixel: all of the first, a third of each in the middle.
  const pixels = Uint8Array.of(90, 30, 90, 30);
  expect([...resizeByArea(pixels, 2, 1, 3)]).toEqual([90, 60, 30, 90, 60, 30, 90, 60, 30]);
});

test("channels stay apart", () => {
  const pixels = Uint8Array.of(10, 100, 20, 110, 30, 120, 40, 130);
  expect([...resizeByArea(pixels, 2, 2, 1)]).toEqual([25, 115]);
});

test("an even colour stays even at any ratio", () => {
  const pixels = new Uint8Array(320 * 320 * 3).fill(255);
  for (const size of [1, 224, 299, 319, 384, 640]) {
    const result = resizeByArea(pixels, 320, 3, size);
    expect(result).toHaveLength(size * size * 3);
    expect(result.every((value) => value === 255)).toBe(true);
  }
});
