import { createHash } from "node:crypto";
import { InputError } from "@sebench/spec";
import { describe, expect, test } from "vitest";
import { loadImages } from "./shipped-images.ts";

/** The byte that the image at `index` had at a place before the normalisation. */
function byteAt(
  images: { readonly shape: readonly number[]; readonly data: Float32Array },
  [image, channel, y, x]: readonly [number, number, number, number],
  { mean, deviation }: { mean: number; deviation: number },
): number {
  const [, , height = 0, width = 0] = images.shape;
  const value = images.data[((image * 3 + channel) * height + y) * width + x]!;
  return (value * deviation + mean) * 255;
}

describe("Fashion-MNIST", () => {
  const grey = { mean: 0.286, deviation: 0.353 };

  test("the first labels are those of the published test set", async () => {
    const { labels } = await loadImages({ dataset: "fashion-mnist", size: 28, count: 12 });
    // The first images are an ankle boot, a pullover, two trousers and a shirt.
    expect([...labels!]).toEqual([9, 2, 1, 1, 6, 1, 4, 6, 5, 7, 4, 5]);
  });

  test("each class has about a tenth of the images", async () => {
    const { labels } = await loadImages({ dataset: "fashion-mnist", size: 28, count: 1000 });
    expect(labels).toHaveLength(1000);
    for (let label = 0; label < 10; label++) {
      const share = labels!.filter((found) => found === label).length;
      expect(share).toBeGreaterThan(70);
      expect(share).toBeLessThan(130);
    }
  });

  test("a row of the first image has the published values in all three channels", async () => {
    const { images } = await loadImages({ dataset: "fashion-mnist", size: 28, count: 1 });
    expect(images.shape).toEqual([1, 3, 28, 28]);
    // The values are row 14, columns 11 to 17, read from the published file by hand.
    const row = [0, 98, 136, 110, 109, 110, 162];
    for (const channel of [0, 1, 2]) {
      for (const [i, byte] of row.entries()) {
        expect(byteAt(images, [0, channel, 14, 11 + i], grey)).toBeCloseTo(byte, 3);
      }
    }
  });

  test("at 32 pixels the image stands in the middle of black", async () => {
    const { images } = await loadImages({ dataset: "fashion-mnist", size: 32, count: 1 });
    expect(byteAt(images, [0, 0, 16, 14], grey)).toBeCloseTo(98, 3);
    expect(images.data[0]).toBeCloseTo(-0.286 / 0.353, 6);
    expect(byteAt(images, [0, 2, 31, 31], grey)).toBeCloseTo(0, 3);
  });
});

describe("photographs", () => {
  const red = { mean: 0.485, deviation: 0.229 };

  test("the sixth image is the first one mirrored", async () => {
    const { images, labels } = await loadImages({ dataset: "photographs", size: 64, count: 6 });
    expect(images.shape).toEqual([6, 3, 64, 64]);
    expect(labels).toBeNull();
    for (const x of [0, 10, 63]) {
      const original = byteAt(images, [0, 0, 20, x], red);
      expect(byteAt(images, [5, 0, 20, 63 - x], red)).toBeCloseTo(original, 3);
    }
  });

  test("all fifty images differ", async () => {
    const { images } = await loadImages({ dataset: "photographs", size: 32, count: 50 });
    const length = 3 * 32 * 32;
    const hashes = Array.from({ length: 50 }, (_, image) =>
      createHash("sha256")
        .update(images.data.subarray(image * length, (image + 1) * length))
        .digest("hex"),
    );
    expect(new Set(hashes).size).toBe(50);
  });

  test("a pixel at full size is the byte that libvips made of the photograph", async () => {
    const { images } = await loadImages({ dataset: "photographs", size: 320, count: 1 });
    // The value is the cat's centre crop at row 100, column 200, as sharp's own `extract` gives it.
    const expected = [161, 149, 126];
    const channels = [
      red,
      { mean: 0.456, deviation: 0.224 },
      { mean: 0.406, deviation: 0.225 },
    ] as const;
    for (const [channel, normalisation] of channels.entries()) {
      const found = byteAt(images, [0, channel, 100, 200], normalisation);
      expect(found).toBeCloseTo(expected[channel]!, 3);
    }
  });

  test("what was done to them is said in words", async () => {
    const few = await loadImages({ dataset: "photographs", size: 32, count: 5 });
    const more = await loadImages({ dataset: "photographs", size: 32, count: 8 });
    expect(few.preprocessing).toContain("averaged by area to 32 x 32");
    expect(few.preprocessing).not.toContain("mirrored");
    const large = await loadImages({ dataset: "photographs", size: 384, count: 1 });
    expect(large.preprocessing).toContain("enlarged by area to 384 x 384");
    expect(more.preprocessing).toContain("mirrored and corner crops of the same five");
  });
});

test.for([
  [{ dataset: "fashion-mnist", size: 224, count: 1 }, "28 or 32 pixels, not 224"],
  [{ dataset: "fashion-mnist", size: 28, count: 1001 }, "1000 images, not 1001"],
  [{ dataset: "photographs", size: 641, count: 1 }, "640 pixels a side at most, not 641"],
  [{ dataset: "photographs", size: 224, count: 51 }, "50 images, not 51"],
  [{ dataset: "photographs", size: 0, count: 1 }, "not 0"],
  [{ dataset: "photographs", size: 224, count: 1.5 }, "not 1.5"],
] as const)("bad input says what there is: %o", async ([request, message]) => {
  const failure = loadImages(request);
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow(message);
});
