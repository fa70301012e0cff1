import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  crop,
  describePreprocessing,
  preprocessingNames,
  type PreprocessingName,
  ownPreprocessing,
} from "../image/preprocessing.ts";
import { loadDecoder } from "./decode-image.ts";

interface GoldenRow {
  readonly file: string;
  readonly preprocessing: PreprocessingName;
  readonly size: number;
  /** The crop, as Base64 of bytes `[size, size, 3]`. */
  readonly pixels: string;
}

/** The preprocessings that take images of one size, so that PIL and torchvision do nothing. */
const withoutResize = new Set<PreprocessingName>(["fashion-mnist", "cifar10", "cifar100"]);

const golden = new URL("../../golden/", import.meta.url);
const text = gunzipSync(await readFile(new URL("preprocessed.jsonl.gz", golden))).toString();
// The first line is skipped: it says which versions of PIL and torchvision wrote the file.
const rows: GoldenRow[] = text
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => JSON.parse(line) as GoldenRow);

test.for([...new Set(rows.map(({ file }) => file))])(
  "%s comes out of each preprocessing as of PIL and torchvision, to the last bit",
  async (file) => {
    const decode = await loadDecoder();
    const image = await decode(await readFile(new URL(file, golden)));
    const own = rows.filter((row) => row.file === file);
    expect(own.map(({ preprocessing }) => preprocessing)).toEqual(
      preprocessingNames.filter((name) => !withoutResize.has(name)),
    );
    for (const { preprocessing, size, pixels } of own) {
      const expected = Buffer.from(pixels, "base64");
      expect(differences(crop(image, preprocessing, size), expected)).toEqual({
        length: size * size * 3,
        largest: 0,
        mean: 0,
      });
    }
  },
);

function differences(found: Uint8Array, expected: Uint8Array) {
  const each = Array.from(found, (value, index) => Math.abs(value - expected[index]!));
  return {
    length: expected.length,
    largest: Math.max(...each),
    mean: each.reduce((sum, difference) => sum + difference, 0) / each.length,
  };
}

test.for([
  ["torchvision", 224, 256],
  // torchvision's `Inception_V3_Weights` resize to 342 and crop 299.
  ["torchvision", 299, 342],
  ["torchvision-v2", 224, 232],
  ["timm", 224, 256],
  ["timm", 299, 341],
  ["timm-0.95", 224, 235],
  ["timm-0.95", 288, 303],
  ["timm-1.0", 288, 288],
  ["timm-legacy", 224, 256],
  ["inception", 299, 333],
] as const)("%s at %i pixels has the shorter edge at %i", ([name, size, edge]) => {
  expect(describePreprocessing(name, size)).toContain(`shorter edge at ${edge} pixels`);
});

test("what is done is said in words", () => {
  expect(describePreprocessing("inception", 299)).toBe(
    "inception: shorter edge at 333 pixels (bicubic, as PIL), centre crop of 299; " +
      "RGB in 0..1 less the mean 0.5, 0.5, 0.5, by the standard deviation 0.5, 0.5, 0.5",
  );
});

test("images for Fashion-MNIST's weights are set in the middle of black, or are as they are", () => {
  const small = { width: 28, height: 28, pixels: new Uint8Array(28 * 28 * 3).fill(9) };
  const padded = crop(small, "fashion-mnist", 32);
  const rowSums = Array.from({ length: 32 }, (_, y) =>
    padded.subarray(y * 96, (y + 1) * 96).reduce((sum, value) => sum + value, 0),
  );
  expect(rowSums).toEqual(Array.from({ length: 32 }, (_, y) => (y < 2 || y > 29 ? 0 : 28 * 3 * 9)));
  const ready = { width: 32, height: 32, pixels: new Uint8Array(32 * 32 * 3).fill(7) };
  expect(crop(ready, "fashion-mnist", 32)).toEqual(ready.pixels);
  expect(crop(ready, "cifar10", 32)).toEqual(ready.pixels);
});

test.for([
  ["fashion-mnist", 32, "30 x 30 pixels and not 28 x 28 or 32 x 32"],
  ["fashion-mnist", 28, "30 x 30 pixels and not 28 x 28, and is not resized"],
  ["cifar100", 32, "30 x 30 pixels and not 32 x 32"],
] as const)("%s at %i pixels takes no image of another size", ([name, size, message]) => {
  const image = { width: 30, height: 30, pixels: new Uint8Array(30 * 30 * 3) };
  expect(() => crop(image, name, size)).toThrow(message);
});

test("the parts of a preprocessing can be one's own", () => {
  const own = ownPreprocessing("timm", {
    resize: { kind: "both" },
    normalisation: { mean: [0.1, 0.2, 0.3], deviation: [1, 1, 1] },
  });
  expect(describePreprocessing(own, 2)).toBe(
    "own: both edges at 2 pixels (bicubic, as PIL); RGB in 0..1 less the mean 0.1, 0.2, 0.3, " +
      "by the standard deviation 1, 1, 1",
  );
  const pixels = Uint8Array.from({ length: 5 * 3 * 3 }, (_, at) => (at * 53) % 256);
  // The values are those of Pillow 13.0.0's `resize((2, 2), BICUBIC)`.
  expect([...crop({ width: 5, height: 3, pixels }, own, 2)]).toEqual([
    92, 142, 87, 167, 110, 124, 124, 106, 130, 131, 142, 100,
  ]);
  const fixed = ownPreprocessing("torchvision", { resize: { shorter: 40 } });
  expect(describePreprocessing(fixed, 32)).toContain("shorter edge at 40 pixels (bilinear");
});
